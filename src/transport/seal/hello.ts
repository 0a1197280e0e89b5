import { bytesToHex, hexToBytes } from '../../wire/index.js'
import { MAX_CHANGE_BYTES, PUBLIC_KEY_BYTES } from './contract.js'
import { NONCE_BYTES, type Nonce } from './nonce.js'

/** What a life says to another one until they have a session. */
export interface Hello {
  /** Of the sender, for this meeting. */
  readonly nonce: Nonce
  /** The last that it has heard from the receiver: who hears its own current one hears somebody who is there now. */
  readonly echo: Nonce | undefined
  /** The tag of the session that it has with the receiver already. */
  readonly session: number | undefined
  /** What it says to everyone, and the counter from which on it was said after this hello. */
  readonly casts: { readonly nonce: Nonce; readonly from: number }
  readonly publicKey: Uint8Array
}

const NONE = '0'.repeat(2 * NONCE_BYTES)
const ECHO_AT = NONCE_BYTES
const SESSION_AT = 2 * NONCE_BYTES
const CASTS_AT = SESSION_AT + 4
const FROM_AT = CASTS_AT + NONCE_BYTES
const PUBLIC_KEY_AT = FROM_AT + 6
export const HELLO_BYTES: number = PUBLIC_KEY_AT + PUBLIC_KEY_BYTES

/** The curve point's own mark of being uncompressed. */
const UNCOMPRESSED = 4

export const encodeHello = ({ nonce, echo, session, casts, publicKey }: Hello): Uint8Array => {
  const bytes = new Uint8Array(HELLO_BYTES)
  const view = new DataView(bytes.buffer)
  bytes.set(hexToBytes(nonce))
  bytes.set(hexToBytes(echo ?? NONE), ECHO_AT)
  view.setUint32(SESSION_AT, session ?? 0)
  bytes.set(hexToBytes(casts.nonce), CASTS_AT)
  view.setUint16(FROM_AT, Math.floor(casts.from / 2 ** 32))
  view.setUint32(FROM_AT + 2, casts.from % 2 ** 32)
  bytes.set(publicKey, PUBLIC_KEY_AT)
  return bytes
}

/** Undefined for what no member of this version says. */
export const decodeHello = (bytes: Uint8Array): Hello | undefined => {
  if (bytes.length !== HELLO_BYTES || bytes[PUBLIC_KEY_AT] !== UNCOMPRESSED) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const nonceAt = (at: number): Nonce => bytesToHex(bytes.subarray(at, at + NONCE_BYTES))
  const [echo, session] = [nonceAt(ECHO_AT), view.getUint32(SESSION_AT)]
  return {
    nonce: nonceAt(0),
    echo: echo === NONE ? undefined : echo,
    session: session === 0 ? undefined : session,
    casts: { nonce: nonceAt(CASTS_AT), from: view.getUint16(FROM_AT) * 2 ** 32 + view.getUint32(FROM_AT + 2) },
    publicKey: bytes.slice(PUBLIC_KEY_AT),
  }
}

/** What a member that knows an earlier secret is answered: the nonce of its hello, then what leads to the current one. */
export interface Change {
  readonly echo: Nonce
  /** Empty: there is nothing for it. */
  readonly bytes: Uint8Array
}

export const encodeChange = ({ echo, bytes }: Change): Uint8Array => {
  const whole = new Uint8Array(NONCE_BYTES + bytes.length)
  whole.set(hexToBytes(echo))
  whole.set(bytes, NONCE_BYTES)
  return whole
}

export const decodeChange = (bytes: Uint8Array): Change | undefined => {
  if (bytes.length < NONCE_BYTES || bytes.length > NONCE_BYTES + MAX_CHANGE_BYTES) return undefined
  return { echo: bytesToHex(bytes.subarray(0, NONCE_BYTES)), bytes: bytes.slice(NONCE_BYTES) }
}

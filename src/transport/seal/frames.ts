/**
 * What sealed packets look like to a relay; integers big-endian.
 *
 * | byte 0                            | then                                                           |
 * | --------------------------------- | -------------------------------------------------------------- |
 * | 1 `hello`, 2 `change`             | number of the secret u32, random 12 bytes, the sealed rest     |
 * | 3 `pair`, 4 `cast`, 5 `signal`    | number u32, tag u32, counter u48, the sealed rest              |
 *
 * The sealed rest is what AES-GCM makes of the content, its 16 bytes of proof at the end; the bytes before it are bound
 * to it as they stand. A hello's nonce for AES-GCM is random: two lives say fewer hellos than would let two of them meet.
 * Else it is kind and counter, which never come twice under one key.
 */
import { quickCipherFor } from './quick-cipher.js'

export const HELLO = 1
export const CHANGE = 2
export const PAIR = 3
export const CAST = 4
export const SIGNAL = 5

/** The kinds whose frames belong to a stream. */
export type StreamKind = typeof PAIR | typeof CAST | typeof SIGNAL
/** The kinds that lead to a session. */
export type GreetingKind = typeof HELLO | typeof CHANGE

const IV_BYTES = 12
export const GREETING_HEADER_BYTES: number = 1 + 4 + IV_BYTES
export const STREAM_HEADER_BYTES = 15
/** What AES-GCM adds. */
export const PROOF_BYTES = 16
const COUNTER_BYTES = 6

/** At a million frames a second this is nine years of one stream. */
const COUNTER_HIGH = 2 ** 32

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Undefined where the frame is too short to be one. */
export const numberOf = (frame: Uint8Array): number | undefined =>
  frame.length < GREETING_HEADER_BYTES ? undefined : viewOf(frame).getUint32(1)

/** Of a frame of a stream, as long as `numberOf` has found it to be. */
export const tagOf = (frame: Uint8Array): number => viewOf(frame).getUint32(5)

export const counterOf = (frame: Uint8Array): number => {
  const view = viewOf(frame)
  return view.getUint16(9) * COUNTER_HIGH + view.getUint32(11)
}

export const streamHeader = (
  kind: StreamKind,
  number: number,
  tag: number,
  counter: number,
): Uint8Array<ArrayBuffer> => {
  const header = new Uint8Array(STREAM_HEADER_BYTES)
  const view = viewOf(header)
  header[0] = kind
  view.setUint32(1, number)
  view.setUint32(5, tag)
  view.setUint16(9, Math.floor(counter / COUNTER_HIGH))
  view.setUint32(11, counter % COUNTER_HIGH)
  return header
}

export const greetingHeader = (
  kind: GreetingKind,
  number: number,
  random: (bytes: Uint8Array<ArrayBuffer>) => unknown,
): Uint8Array<ArrayBuffer> => {
  const iv = new Uint8Array(IV_BYTES)
  random(iv)
  const header = new Uint8Array(GREETING_HEADER_BYTES)
  header[0] = kind
  viewOf(header).setUint32(1, number)
  header.set(iv, GREETING_HEADER_BYTES - IV_BYTES)
  return header
}

const isGreeting = (kind: number | undefined): boolean => kind === HELLO || kind === CHANGE

const headerBytes = (frame: Uint8Array): number => (isGreeting(frame[0]) ? GREETING_HEADER_BYTES : STREAM_HEADER_BYTES)

const ivOf = (header: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  if (isGreeting(header[0])) return header.slice(GREETING_HEADER_BYTES - IV_BYTES)
  const iv = new Uint8Array(IV_BYTES)
  iv[0] = header[0] ?? 0
  iv.set(header.subarray(STREAM_HEADER_BYTES - COUNTER_BYTES), IV_BYTES - COUNTER_BYTES)
  return iv
}

/** The whole frame. */
export const seal = async (
  subtle: SubtleCrypto,
  key: CryptoKey,
  header: Uint8Array<ArrayBuffer>,
  content: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> => {
  const iv = ivOf(header)
  const quick = quickCipherFor(subtle)?.seal(key, iv, header, content)
  if (quick !== undefined) return quick
  const how = { name: 'AES-GCM', iv, additionalData: header }
  const sealed = new Uint8Array(await subtle.encrypt(how, key, owned(content)))
  const frame = new Uint8Array(header.length + sealed.length)
  frame.set(header)
  frame.set(sealed, header.length)
  return frame
}

/** The content; undefined where it was not sealed with this key, or was changed since. */
export const open = async (
  subtle: SubtleCrypto,
  key: CryptoKey,
  frame: Uint8Array,
): Promise<Uint8Array | undefined> => {
  const bytes = owned(frame)
  const at = headerBytes(bytes)
  const header = bytes.subarray(0, at)
  const iv = ivOf(header)
  const rest = bytes.subarray(at)
  const quick = quickCipherFor(subtle)?.open(key, iv, header, rest)
  if (quick !== undefined) return quick === 'forged' ? undefined : quick
  const how = { name: 'AES-GCM', iv, additionalData: header }
  try {
    return new Uint8Array(await subtle.decrypt(how, key, rest))
  } catch {
    return undefined
  }
}

/** What was handed over to be sent, or has come from the network, is never shared memory, which is all that the type adds. */
const owned = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => bytes as Uint8Array<ArrayBuffer>

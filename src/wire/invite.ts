import { EpaxosError, type GroupId } from '../core/index.js'
import { crc32 } from '../member/index.js'
import { bytesToHex, hexToBytes, ID_BYTES } from './hex.js'
import { MAX_SECRET_NUMBER } from './keys.js'
import { whole } from './scalar.js'

/** What somebody needs to join a group. Whoever has it can. */
export interface Invite {
  readonly group: GroupId
  /** The number of the secret: 0 for the one that the group was founded with, and one more for each member removed since. */
  readonly key: number
  /** 32 lower-case hex digits, random. */
  readonly secret: string
  /** Where members find each other, if by a relay: a `ws://` or `wss://` URL of at most 512 printable ASCII characters. */
  readonly relay: string | undefined
}

/** This text is no invite, or this relay can't be in one. */
export class InvalidInvite extends EpaxosError {
  override readonly name = 'InvalidInvite'
  constructor(
    /** `mistyped`: one that was not copied whole, or has been changed. */
    readonly reason: 'malformed' | 'mistyped' | 'newer-version' | 'older-version' | 'relay',
    problem: string,
  ) {
    super(problem)
  }
}

/** Raised with every change of the layout: version u8, group, number u32 of the secret, the secret, relay, and last of all CRC-32 u32, of what is before it. */
const VERSION = 2
const NUMBER_BYTES = 4
const NUMBER_AT: number = 1 + ID_BYTES
const SECRET_AT: number = NUMBER_AT + NUMBER_BYTES
const HEADER_BYTES: number = SECRET_AT + ID_BYTES
const CRC_BYTES = 4
const MAX_RELAY_BYTES = 512
/** Base64 makes four characters of three bytes. */
const MAX_CODE_LENGTH = Math.ceil(((HEADER_BYTES + MAX_RELAY_BYTES + CRC_BYTES) * 4) / 3)
/** Some invite at the end of some address. */
const MAX_LINK_LENGTH = 4096

const ascii = /^[\x21-\x7e]*$/

const checkRelay = (relay: string): void => {
  const problem = `a relay's address is a ws:// or wss:// URL of at most ${MAX_RELAY_BYTES} ASCII characters, without fragment`
  if (relay.length > MAX_RELAY_BYTES || !ascii.test(relay)) throw new InvalidInvite('relay', problem)
  let url: URL
  try {
    url = new URL(relay)
  } catch {
    throw new InvalidInvite('relay', problem)
  }
  const isSocket = url.protocol === 'ws:' || url.protocol === 'wss:'
  if (!isSocket || relay.includes('#')) throw new InvalidInvite('relay', problem)
}

/**
 * As text of the characters that may stand in a link: letters, digits, `-` and `_`. It belongs behind a link's `#`, which
 * browsers send to no server. Throws `InvalidInvite` for a relay that can't be in it, a `WireError` for ids that are none.
 */
export const encodeInvite = ({ group, key, secret, relay }: Invite): string => {
  if (relay !== undefined) checkRelay(relay)
  const address = new TextEncoder().encode(relay ?? '')
  const content = new Uint8Array(HEADER_BYTES + address.length)
  content[0] = VERSION
  content.set(hexToBytes(group), 1)
  new DataView(content.buffer).setUint32(NUMBER_AT, whole(key, 0, MAX_SECRET_NUMBER))
  content.set(hexToBytes(secret), SECRET_AT)
  content.set(address, HEADER_BYTES)
  const bytes = new Uint8Array(content.length + CRC_BYTES)
  bytes.set(content)
  new DataView(bytes.buffer).setUint32(content.length, crc32(content))
  return toBase64Url(bytes)
}

/** The invite in a text that `encodeInvite` has made, or in a link with that behind its `#`. Throws `InvalidInvite`. */
export const decodeInvite = (text: string): Invite => {
  if (text.length > MAX_LINK_LENGTH) throw new InvalidInvite('malformed', 'this is no invite: it is too long')
  const trimmed = text.trim()
  const bytes = fromBase64Url(trimmed.slice(trimmed.indexOf('#') + 1))
  const end = bytes.length - CRC_BYTES
  const view = new DataView(bytes.buffer)
  if (end < 1 || view.getUint32(end) !== crc32(bytes.subarray(0, end))) {
    throw new InvalidInvite('mistyped', 'this invite is incomplete, or has a typing error: copy all of it again')
  }
  const version = bytes[0] as number
  if (version !== VERSION) {
    throw version > VERSION
      ? new InvalidInvite('newer-version', `this invite is of version ${version}: update this program to use it`)
      : new InvalidInvite('older-version', `this invite is of version ${version}: ask for a new one`)
  }
  if (end < HEADER_BYTES) throw new InvalidInvite('mistyped', 'this invite is incomplete: copy all of it again')
  const relay = String.fromCharCode(...bytes.subarray(HEADER_BYTES, end))
  if (relay !== '') checkRelay(relay)
  return {
    group: bytesToHex(bytes.subarray(1, 1 + ID_BYTES)),
    key: view.getUint32(NUMBER_AT),
    secret: bytesToHex(bytes.subarray(SECRET_AT, HEADER_BYTES)),
    relay: relay === '' ? undefined : relay,
  }
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> => {
  const isCode = text.length <= MAX_CODE_LENGTH && /^[\w-]+$/.test(text)
  // One character more than whole bytes take carries none.
  if (!isCode) throw new InvalidInvite('malformed', 'this is no invite')
  const binary = text.length % 4 === 1 ? '' : atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
  // The last character may hold bits that no byte has: only one of its spellings is right.
  if (toBase64Url(bytes) !== text) throw new InvalidInvite('mistyped', 'this invite has a typing error: copy it again')
  return bytes
}

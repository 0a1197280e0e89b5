import { shown, WireError } from './error.js'

/** Replicas, groups and sessions are named by 128 random bits. */
export const ID_BYTES = 16

const ID_PATTERN = /^[0-9a-f]{32}$/

const pairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

const ZERO = 0x30
const NINE = 0x39
/** The code of `a`, less the ten that it stands for. */
const TEN_BELOW_A = 0x61 - 10

const digit = (code: number): number => (code <= NINE ? code - ZERO : code - TEN_BELOW_A)

/** The 16 bytes of an id of 32 lower-case hex digits. Throws a `WireError` for anything else. */
export const hexToBytes = (id: string): Uint8Array<ArrayBuffer> => {
  if (!ID_PATTERN.test(id)) throw new WireError('shape', `${shown(id)} is not an id of 32 lower-case hex digits`)
  const bytes = new Uint8Array(ID_BYTES)
  for (let i = 0; i < ID_BYTES; i++) {
    bytes[i] = digit(id.charCodeAt(2 * i)) * 16 + digit(id.charCodeAt(2 * i + 1))
  }
  return bytes
}

/** The id of 32 lower-case hex digits that 16 bytes spell. Throws a `WireError` for another length. */
export const bytesToHex = (bytes: Uint8Array): string => {
  if (bytes.length !== ID_BYTES) throw new WireError('shape', `${shown(bytes)} are not an id of ${ID_BYTES} bytes`)
  let id = ''
  for (const byte of bytes) id += pairs[byte]
  return id
}

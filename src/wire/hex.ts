import { shown, WireError } from './error.js'

/** Replicas, groups and sessions are named by 128 random bits. */
export const ID_BYTES = 16

const HEX_PATTERN = /^[0-9a-f]*$/

const pairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

const ZERO = 0x30
const NINE = 0x39
/** The code of `a`, less the ten that it stands for. */
const TEN_BELOW_A = 0x61 - 10

const digit = (code: number): number => (code <= NINE ? code - ZERO : code - TEN_BELOW_A)

/** As many bytes as two lower-case hex digits each spell. Throws a `WireError` for anything else. */
export const decodeHex = (text: string, length: number): Uint8Array<ArrayBuffer> => {
  if (text.length !== 2 * length || !HEX_PATTERN.test(text)) {
    throw new WireError('shape', `${shown(text)} are not ${2 * length} lower-case hex digits`)
  }
  const bytes = new Uint8Array(length)
  putHex(bytes, 0, text)
  return bytes
}

const putHex = (bytes: Uint8Array, at: number, text: string): void => {
  for (let i = 0; 2 * i < text.length; i++) {
    bytes[at + i] = digit(text.charCodeAt(2 * i)) * 16 + digit(text.charCodeAt(2 * i + 1))
  }
}

/** Two lower-case hex digits for each byte. */
export const encodeHex = (bytes: Uint8Array): string => {
  let text = ''
  for (const byte of bytes) text += pairs[byte]
  return text
}

/** Writes the 16 bytes of an id of 32 lower-case hex digits into `bytes`. Throws a `WireError` for anything else. */
export const putId = (bytes: Uint8Array, at: number, id: string): void => {
  if (id.length !== 2 * ID_BYTES || !HEX_PATTERN.test(id)) {
    throw new WireError('shape', `${shown(id)} is not an id of 32 lower-case hex digits`)
  }
  putHex(bytes, at, id)
}

/** The 16 bytes of an id of 32 lower-case hex digits. Throws a `WireError` for anything else. */
export const hexToBytes = (id: string): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(ID_BYTES)
  putId(bytes, 0, id)
  return bytes
}

/** The id of 32 lower-case hex digits that 16 bytes spell. Throws a `WireError` for another length. */
export const bytesToHex = (bytes: Uint8Array): string => {
  if (bytes.length !== ID_BYTES) throw new WireError('shape', `${shown(bytes)} are not an id of ${ID_BYTES} bytes`)
  return encodeHex(bytes)
}

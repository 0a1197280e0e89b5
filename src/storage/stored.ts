import { crc32 } from '../member/index.js'
import { StorageCorrupt } from './error.js'

/** Raised with every change of what is stored, the layout of records, checkpoints and starts included. */
const STORED_VERSION = 8

/** One byte of version, four of checksum; then the content. */
const HEADER_BYTES = 5

const utf8 = new TextEncoder()
const numberKey = new DataView(new ArrayBuffer(8))

const keyBytes = (key: string | number): Uint8Array => {
  if (typeof key === 'string') return utf8.encode(key)
  numberKey.setFloat64(0, key)
  return new Uint8Array(numberKey.buffer)
}

/** Up to this version the checksum was of key and content only. */
const LAST_WITHOUT_VERSION = 5

// The key is part of the checksum: a value that stands under another value's key is found out. And so is the version, for
// all versions to come: what another version has written is not to be taken for damage, nor damage for that.
const checksum = (key: string | number, version: number, parts: readonly Uint8Array[]): number =>
  version > LAST_WITHOUT_VERSION
    ? crc32(keyBytes(key), Uint8Array.of(version), ...parts)
    : crc32(keyBytes(key), ...parts)

/** `parts`, one behind the other, as they are stored under `key`: versioned, checksummed, in a buffer of exactly their length. */
export const toStored = (key: string | number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const stored = new Uint8Array(parts.reduce((sum, { length }) => sum + length, HEADER_BYTES))
  stored[0] = STORED_VERSION
  new DataView(stored.buffer).setUint32(1, checksum(key, STORED_VERSION, parts))
  let at = HEADER_BYTES
  for (const part of parts) {
    stored.set(part, at)
    at += part.length
  }
  return stored
}

/** The content that `toStored` put under `key`. Throws `StorageCorrupt` for anything else. */
export const fromStored = (key: string | number, stored: unknown): Uint8Array => {
  if (stored === undefined) throw new StorageCorrupt('missing', key)
  if (!(stored instanceof Uint8Array) || stored.length < HEADER_BYTES) throw new StorageCorrupt('unreadable', key)
  const version = stored[0] as number
  const content = stored.subarray(HEADER_BYTES)
  const written = new DataView(stored.buffer, stored.byteOffset).getUint32(1)
  if (written !== checksum(key, version, [content])) throw new StorageCorrupt('checksum', key)
  if (version === STORED_VERSION) return content
  throw new StorageCorrupt(version > STORED_VERSION ? 'newer-version' : 'older-version', key)
}

import { Encoder } from 'cbor-x/encode'
import { type ScanLimits, scan } from './scan.js'

// The encoder's entry holds the decoder too, in browsers and in Node alike, without Node's streams and native code.
// When imported it tries once whether `new Function` is allowed, and does without.
// No records: they compile readers with `new Function`, and their meaning depends on what was read before.
// No tag around byte strings: `scan` refuses tags. Integers of eight bytes are numbers, not bigints: `scan`
// has checked that they are safe.
const options = { useRecords: false, tagUint8Array: false, int64AsNumber: true }
const cbor = new Encoder(options)

/** A tree of arrays, byte strings, integers, booleans and nulls, as exactly as many bytes as it needs. */
export const toCbor = (tree: unknown, limits: ScanLimits): Uint8Array<ArrayBuffer> => {
  // The encoder returns a view into a pool that the next call writes over: copied into a buffer of its own.
  const bytes = new Uint8Array(cbor.encode(tree))
  scan(bytes, limits)
  return bytes
}

/** The tree that `bytes` hold. Its byte strings are views of `bytes`. Throws a `WireError`. */
export const fromCbor = (bytes: Uint8Array, limits: ScanLimits): unknown => {
  scan(bytes, limits)
  // A view of our own: the decoder hangs a property on what it is given, and a Buffer's slices would alias.
  return cbor.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
}

import { EpaxosError } from '../core/index.js'

/** What a snapshot is made, stored and sent in: made within a moment, sent as one packet, checked by one checksum. */
export const MAX_CHUNK_BYTES: number = 1 << 16

/** Each piece follows its length, an unsigned 32-bit number. */
const LENGTH_BYTES = 4
/** In place of a length it says that no piece follows, only the number of those that came. */
const END = 0xffff_ffff

/** Bytes that no `snapshot` of this version made. Nothing has changed where they were to be restored. */
export class InvalidSnapshot extends EpaxosError {
  override readonly name = 'InvalidSnapshot'
  constructor(
    /** `newer-version`: a later version of this library wrote it, and can read it. */
    readonly reason: 'newer-version' | 'malformed',
    problem: string,
  ) {
    super(`this snapshot can't be restored: ${problem}`)
  }
}

/**
 * Pieces of any size, one after the other, in chunks of `MAX_CHUNK_BYTES`; the last one may be shorter. Each chunk
 * is made when it is asked for, and no piece is asked for before its first byte is needed.
 */
export function* toChunks(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let chunk = new Uint8Array(MAX_CHUNK_BYTES)
  let used = 0
  for (const bytes of framed(pieces)) {
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + MAX_CHUNK_BYTES - used)
      chunk.set(part, used)
      used += part.length
      from += part.length
      if (used === MAX_CHUNK_BYTES) {
        yield chunk
        chunk = new Uint8Array(MAX_CHUNK_BYTES)
        used = 0
      }
    }
  }
  if (used > 0) yield chunk.slice(0, used)
}

/**
 * The pieces that `toChunks` has put into these chunks. That they are complete is known once all were asked for.
 * @throws InvalidSnapshot
 */
export function* fromChunks(chunks: readonly Uint8Array[]): Generator<Uint8Array, undefined> {
  const all = joined(chunks)
  const view = new DataView(all.buffer)
  let at = 0
  const number = (): number => {
    if (all.length - at < LENGTH_BYTES) throw incomplete()
    at += LENGTH_BYTES
    return view.getUint32(at - LENGTH_BYTES)
  }
  let count = 0
  for (let length = number(); length !== END; length = number()) {
    if (all.length - at < length) throw incomplete()
    at += length
    count++
    yield all.slice(at - length, at)
  }
  if (number() !== count || at !== all.length) throw incomplete()
}

function* framed(pieces: Iterable<Uint8Array>): Generator<Uint8Array> {
  let count = 0
  for (const piece of pieces) {
    yield encoded(piece.length)
    yield piece
    count++
  }
  yield encoded(END)
  yield encoded(count)
}

const encoded = (number: number): Uint8Array => {
  const bytes = new Uint8Array(LENGTH_BYTES)
  new DataView(bytes.buffer).setUint32(0, number)
  return bytes
}

const joined = (chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}

const incomplete = (): InvalidSnapshot => new InvalidSnapshot('malformed', 'it is not complete')

/** What a snapshot is stored and sent in: far below what any storage or link allows, far above what it costs. */
export const MAX_CHUNK_BYTES: number = 1 << 20

/** Each piece follows its length, an unsigned 32-bit number. */
const LENGTH_BYTES = 4

/** Bytes that no `snapshot` of this version made. What was to be restored from them must not be used. */
export class InvalidSnapshot extends Error {
  override readonly name = 'InvalidSnapshot'
  constructor(
    /** `newer-version`: a later version of this library wrote it, and can read it. */
    readonly reason: 'newer-version' | 'malformed',
    problem: string,
  ) {
    super(`this snapshot can't be restored: ${problem}`)
  }
}

/** Pieces of any size, one after the other, in chunks of `MAX_CHUNK_BYTES`; the last one may be shorter. */
export const toChunks = (pieces: readonly Uint8Array[]): readonly Uint8Array[] => {
  let left = pieces.reduce((sum, { length }) => sum + LENGTH_BYTES + length, 0)
  const chunks: Uint8Array[] = []
  let chunk = new Uint8Array()
  let used = 0
  const put = (bytes: Uint8Array): void => {
    for (let from = 0; from < bytes.length; ) {
      if (used === chunk.length) {
        chunk = new Uint8Array(Math.min(left, MAX_CHUNK_BYTES))
        chunks.push(chunk)
        left -= chunk.length
        used = 0
      }
      const part = bytes.subarray(from, from + chunk.length - used)
      chunk.set(part, used)
      used += part.length
      from += part.length
    }
  }
  for (const piece of pieces) {
    const length = new Uint8Array(LENGTH_BYTES)
    new DataView(length.buffer).setUint32(0, piece.length)
    put(length)
    put(piece)
  }
  return chunks
}

/** The pieces that `toChunks` has put into these chunks. @throws InvalidSnapshot */
export const fromChunks = (chunks: readonly Uint8Array[]): readonly Uint8Array[] => {
  const all = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  const view = new DataView(all.buffer)
  const pieces: Uint8Array[] = []
  for (at = 0; at < all.length; ) {
    const start = at + LENGTH_BYTES
    const end = start <= all.length ? start + view.getUint32(at) : start
    if (end > all.length) throw new InvalidSnapshot('malformed', 'it ends within a piece')
    pieces.push(all.slice(start, end))
    at = end
  }
  return pieces
}

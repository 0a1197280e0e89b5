/**
 * How many chunks of a checkpoint share a cell: a mebibyte of the longest. Databases take, give and delete few large values
 * several times as fast as many small ones; and what is beyond a page of theirs goes into places of its own anyway.
 */
export const CHUNKS_PER_CELL = 16

const LENGTH_BYTES = 4

/** The content of their cell, one part behind the other: before each chunk its length. */
export const partsOf = (chunks: readonly Uint8Array[]): readonly Uint8Array[] =>
  chunks.flatMap((chunk) => {
    const length = new Uint8Array(LENGTH_BYTES)
    new DataView(length.buffer).setUint32(0, chunk.length)
    return [length, chunk]
  })

/** So many chunks that were made a cell's content by `partsOf`: views of it. Throws a `RangeError`. */
export const chunksIn = (content: Uint8Array, count: number): readonly Uint8Array[] => {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  let at = 0
  const chunks = Array.from({ length: count }, () => {
    const from = at + LENGTH_BYTES
    at = from + view.getUint32(at)
    return content.subarray(from, at)
  })
  if (at !== content.length) throw new RangeError(`${count} chunks take ${at} of ${content.length} bytes`)
  return chunks
}

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromChunks, InvalidSnapshot, MAX_CHUNK_BYTES, toChunks } from './snapshot.js'

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)

describe('pieces in chunks', () => {
  it('come back as they were, whatever their number and size', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (pieces) => {
        expect(fromChunks(toChunks(pieces))).toEqual(pieces.map((piece) => Uint8Array.from(piece)))
      }),
    )
  })

  it('are cut where a chunk is full, be it within a length', () => {
    for (const left of [0, 1, 3, 4, 5, 9]) {
      const pieces = [bytes(MAX_CHUNK_BYTES - 4 - left, 1), bytes(7, 2), bytes(2 * MAX_CHUNK_BYTES + 1, 3)]
      const chunks = toChunks(pieces)
      expect(chunks.every(({ length }) => length <= MAX_CHUNK_BYTES)).toBe(true)
      // Not toEqual on megabytes: that takes half a minute.
      const same = fromChunks(chunks).map((piece, i) => Buffer.compare(piece, pieces[i] as Uint8Array))
      expect(same).toEqual([0, 0, 0])
    }
  })

  it('are refused where they end too early', () => {
    const [chunk] = toChunks([bytes(5, 1)]) as [Uint8Array]
    for (let length = 1; length < chunk.length; length++) {
      expect(() => fromChunks([chunk.subarray(0, length)])).toThrow(InvalidSnapshot)
    }
    expect(() => fromChunks([bytes(100, 0xff)])).toThrow(InvalidSnapshot)
  })
})

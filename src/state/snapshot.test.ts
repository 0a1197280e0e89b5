import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromChunks, InvalidSnapshot, MAX_CHUNK_BYTES, toChunks } from './snapshot.js'

const bytes = (length: number, fill: number): Uint8Array => new Uint8Array(length).fill(fill)

describe('pieces in chunks', () => {
  it('come back as they were, whatever their number and size', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 })), (pieces) => {
        expect([...fromChunks([...toChunks(pieces)])]).toEqual(pieces.map((piece) => Uint8Array.from(piece)))
      }),
    )
  })

  it('are cut where a chunk is full, be it within a length', () => {
    for (const left of [0, 1, 3, 4, 5, 9]) {
      const pieces = [bytes(MAX_CHUNK_BYTES - 4 - left, 1), bytes(7, 2), bytes(2 * MAX_CHUNK_BYTES + 1, 3)]
      const chunks = [...toChunks(pieces)]
      expect(chunks.slice(0, -1).every(({ length }) => length === MAX_CHUNK_BYTES)).toBe(true)
      expect(chunks.at(-1)?.length).toBeLessThan(MAX_CHUNK_BYTES)
      // Not toEqual on megabytes: that takes half a minute.
      const same = [...fromChunks(chunks)].map((piece, i) => Buffer.compare(piece, pieces[i] as Uint8Array))
      expect(same).toEqual([0, 0, 0])
    }
  })

  it('are made as they are asked for, and their pieces are', () => {
    let asked = 0
    const pieces = function* (): Generator<Uint8Array> {
      for (;;) yield bytes(MAX_CHUNK_BYTES / 2, ++asked)
    }
    const chunks = toChunks(pieces())
    expect(asked).toBe(0)
    expect(chunks.next().value).toHaveLength(MAX_CHUNK_BYTES)
    expect(asked).toBe(2)
    chunks.next()
    expect(asked).toBe(4)
  })

  it.each([
    ['none', []],
    ['one', [bytes(5, 1)]],
    ['some, one of them empty', [bytes(5, 1), bytes(0, 1), bytes(2, 3)]],
  ])('are refused where they are cut off anywhere, or where something follows: %s', (_, pieces) => {
    const chunk = toChunks(pieces).next().value as Uint8Array
    const refuse = (...chunks: Uint8Array[]): void =>
      expect(() => [...fromChunks(chunks)]).toThrow(new InvalidSnapshot('malformed', 'it is not complete'))
    for (let length = 0; length < chunk.length; length++) refuse(chunk.subarray(0, length))
    refuse(chunk, bytes(1, 0))
    refuse(chunk, chunk)
  })

  it('are refused where a whole one is missing', () => {
    const three = [...toChunks([1, 2, 3].map((fill) => bytes(MAX_CHUNK_BYTES - 4, fill)))]
    expect(three).toHaveLength(4)
    for (const missing of three) {
      expect(() => [...fromChunks(three.filter((chunk) => chunk !== missing))]).toThrow(InvalidSnapshot)
    }
    expect(() => [...fromChunks([])]).toThrow(InvalidSnapshot)
    expect(() => [...fromChunks([bytes(100, 0xfe)])]).toThrow(InvalidSnapshot)
  })
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunksIn, partsOf } from './chunks.js'

const contentOf = (chunks: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(partsOf(chunks).flatMap((part) => [...part]))

test('chunks of any length come back from the content of their cell', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (chunks) => {
      expect(chunksIn(contentOf(chunks), chunks.length)).toStrictEqual(chunks)
    }),
  )
})

test('content that is cut off, or goes on, or holds more or fewer, is refused', () => {
  const content = contentOf([Uint8Array.of(1, 2), Uint8Array.of(3)])
  for (let length = 0; length < content.length; length++) {
    expect(() => chunksIn(content.subarray(0, length), 2)).toThrow(RangeError)
  }
  expect(() => chunksIn(Uint8Array.of(...content, 0), 2)).toThrow(RangeError)
  for (const count of [0, 1, 3]) expect(() => chunksIn(content, count)).toThrow(RangeError)
})

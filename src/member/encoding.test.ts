import { expect, it } from 'vitest'
import { crc32 } from './crc32.js'
import { Encoding } from './encoding.js'

const configuration = { number: 3, voters: ['a'], wireVersion: 4, stateVersion: 1 }
const executed = { frontier: [7], beyond: [[]] }

it('makes its chunks as they are wanted, and no more', () => {
  let made = 0
  function* chunks(): Generator<Uint8Array> {
    for (let i = 0; i < 10; i++) {
      made++
      yield new Uint8Array(100).fill(i)
    }
  }
  const encoding = new Encoding(configuration, executed, chunks())
  expect(made).toBe(0)
  expect(encoding.advance(250)).toBe(false)
  expect(made).toBe(3)
  expect(encoding.advance(0)).toBe(false)
  expect(made).toBe(3)
  expect(encoding.advance(10_000)).toBe(true)
  expect(encoding.done).toBe(true)
  const checksums = encoding.chunks.map((chunk) => crc32(chunk))
  expect(encoding.header).toEqual({ configuration, executed, bytes: 1000, checksums })
  expect(encoding.chunk(4)).toEqual(new Uint8Array(100).fill(4))
})

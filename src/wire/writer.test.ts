import { Encoder } from 'cbor-x/encode'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Reader } from './reader.js'
import { unzigzag, zigzag } from './told.js'
import { Writer } from './writer.js'

const limits = { bytes: 1 << 20, items: 100 }
const cbor = new Encoder({ tagUint8Array: false })

const written = (write: (to: Writer) => void, within: typeof limits = limits): Uint8Array => {
  const writer = new Writer()
  writer.begin()
  write(writer)
  return writer.end(within)
}

test('integers, byte strings, arrays, booleans and null are written as CBOR writes them', () => {
  const integers = [0, 23, 24, 255, 256, 65_535, 65_536, 2 ** 32 - 1, 2 ** 32, Number.MAX_SAFE_INTEGER]
  const bytes = written((to) => {
    to.array(integers.length + 4)
    for (const integer of integers) to.integer(integer)
    to.bytes(new Uint8Array(300).fill(7))
    to.flag(true)
    to.flag(false)
    to.null()
  })
  const tree = [
    ...integers.map((it) => (it < 2 ** 32 ? it : BigInt(it))),
    new Uint8Array(300).fill(7),
    true,
    false,
    null,
  ]
  expect(bytes).toStrictEqual(new Uint8Array(cbor.encode(tree)))
})

test('any text that has a UTF-8 form is read as it was written, and half a surrogate pair is not written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const bytes = written((to) => expect(to.text(text)).toBe(true))
      expect(new Reader(bytes, limits).text(1000)).toBe(text)
    }),
  )
  for (const half of ['\ud800', 'a\udc00b', `${'k'.repeat(100)}\udbff`]) {
    const bytes = written((to) => expect(to.text(half)).toBe(false))
    expect(bytes).toHaveLength(0)
  }
})

test('what one has written stays as it is when the next one is written, however large that is', () => {
  const writer = new Writer()
  const of = (length: number, fill: number): Uint8Array => {
    writer.begin()
    writer.bytes(new Uint8Array(length).fill(fill))
    return writer.end({ bytes: 1 << 24, items: 1 })
  }
  const first = of(10, 1)
  const large = of(3 << 20, 2)
  expect(of(10, 3)).toStrictEqual(Uint8Array.of(0x4a, ...new Array(10).fill(3)))
  expect(first).toStrictEqual(Uint8Array.of(0x4a, ...new Array(10).fill(1)))
  expect(large).toHaveLength((3 << 20) + 5)
  expect(large.at(-1)).toBe(2)
  expect(first.buffer.byteLength).toBe(first.length)
})

test('what breaks a limit of bytes or of items is not handed out', () => {
  const nine = (to: Writer): void => {
    to.array(9)
    for (let i = 0; i < 9; i++) to.integer(0)
  }
  expect(written(nine, { bytes: 10, items: 10 })).toHaveLength(10)
  expect(() => written(nine, { bytes: 9, items: 10 })).toThrow(expect.objectContaining({ code: 'too-large' }))
  expect(() => written(nine, { bytes: 10, items: 9 })).toThrow(expect.objectContaining({ code: 'structure' }))
})

test('differences of either sign are folded into numbers without, small ones into small ones, and back', () => {
  expect([0, -1, 1, -2, 2].map(zigzag)).toEqual([0, 1, 2, 3, 4])
  fc.assert(
    fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 }), (difference) => {
      expect(unzigzag(zigzag(difference))).toBe(difference)
    }),
  )
})

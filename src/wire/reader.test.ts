import fc from 'fast-check'
import { expect, test } from 'vitest'
import { WireError } from './error.js'
import { Reader } from './reader.js'

const limits = { bytes: 1000, items: 10 }

const reader = (bytes: readonly number[], within: typeof limits = limits): Reader =>
  new Reader(Uint8Array.from(bytes), within)

/** Reads some bytes to their end. */
const code = (bytes: readonly number[], read: (from: Reader) => unknown, within: typeof limits = limits): string => {
  try {
    const from = reader(bytes, within)
    read(from)
    from.end()
    return 'sound'
  } catch (error) {
    return error instanceof WireError ? error.code : 'another error'
  }
}

const integers = (from: Reader): readonly number[] => Array.from({ length: from.array() }, () => from.integer())

test('integers of every width are read, the shortest form or not', () => {
  const widths = [0x86, 0x17, 0x18, 0xff, 0x19, 1, 2, 0x1a, 1, 2, 3, 4, 0x1b, 0, 0x1f, 255, 255, 255, 255, 255, 255]
  expect(integers(reader([...widths, 0x1b, 0, 0, 0, 0, 0, 0, 0, 7]))).toEqual([
    ...[23, 255, 258, 0x01020304, Number.MAX_SAFE_INTEGER, 7],
  ])
})

test('byte strings are read as copies, false, true and null as what they are', () => {
  const bytes = Uint8Array.from([0x84, 0x40, 0x42, 1, 2, 0xf4, 0xf6])
  const from = new Reader(bytes, limits)
  from.array()
  const [empty, two] = [from.bytes(0), from.bytes(2)]
  bytes.fill(9)
  expect([empty, two]).toEqual([Uint8Array.of(), Uint8Array.of(1, 2)])
  bytes.set([0xf4, 0xf6], 5)
  expect([from.null(), from.flag(), from.null()]).toEqual([false, false, true])
  expect(() => from.end()).not.toThrow()
})

test.each<[string, number[]]>([
  ['nothing', []],
  ['2⁵³', [0x1b, 0, 0x20, 0, 0, 0, 0, 0, 0]],
  ['2⁵³ + 1, which would round to 2⁵³', [0x1b, 0, 0x20, 0, 0, 0, 0, 0, 1]],
  ['an integer cut short', [0x1b, 0, 0, 0]],
  ['an integer of a reserved length', [0x1c, 0]],
  ['an integer without an end', [0x1f, 0]],
  ['text', [0x61, 0x61]],
  ['a map', [0xa0]],
  ['a tag', [0xc1, 0]],
  ['a negative integer', [0x20]],
  ['a float', [0xf9, 0x3c, 0]],
  ['undefined', [0xf7]],
  ['a second item', [0x00, 0x00]],
])('%s is refused in place of an integer', (_, bytes) => {
  expect(code(bytes, (from) => from.integer())).toBe('structure')
})

test.each<[string, number[], (from: Reader) => unknown]>([
  ['a byte string cut short', [0x43, 1, 2], (from) => from.bytes(3)],
  ['a byte string of more bytes than there are', [0x5b, 0, 0x1f, 255, 255, 255, 255, 255, 255], (from) => from.id()],
  ['an array cut short', [0x83, 1, 2], integers],
  ['an array of more elements than there are bytes', [0x9a, 255, 255, 255, 255, 1, 1], integers],
])('%s is refused', (_, bytes, read) => {
  expect(code(bytes, read)).toBe('structure')
})

test('what is right by itself in the place of something else is told apart from what is never written', () => {
  expect([[0x40], [0x80], [0xf4], [0xf6]].map((bytes) => code(bytes, (from) => from.integer()))).toEqual(
    new Array(4).fill('shape'),
  )
  expect([[0x00], [0x80], [0xf6]].map((bytes) => code(bytes, (from) => from.flag()))).toEqual(
    new Array(3).fill('shape'),
  )
  expect(code([0x41, 0xff], (from) => from.text(10))).toBe('shape')
  expect(code([0x41, 0xff], (from) => from.id())).toBe('shape')
  expect(code([0x42, 1, 2], (from) => from.bytes(1))).toBe('range')
})

test('what comes next can be asked for, also where nothing does', () => {
  const next = (bytes: readonly number[]): readonly boolean[] => {
    const from = reader(bytes)
    return [from.isInteger, from.isByteString, from.isArrayOfInteger]
  }
  expect(next([0x05])).toEqual([true, false, false])
  expect(next([0x41, 0x05])).toEqual([false, true, false])
  expect(next([0x81, 0x05])).toEqual([false, false, true])
  expect(next([0x81, 0x80])).toEqual([false, false, false])
  expect(next([0x81])).toEqual([false, false, false])
  expect(next([])).toEqual([false, false, false])
})

test('short texts and long ones, of one byte for each character or of more, are read as a decoder reads them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), fc.nat(100), (any, plain) => {
      for (const value of [any, 'x'.repeat(plain), `${'x'.repeat(plain)}${any}`]) {
        const utf8 = new TextEncoder().encode(value)
        const from = reader([0x59, utf8.length >> 8, utf8.length & 0xff, ...utf8])
        expect(from.text(1000)).toBe(value)
      }
    }),
  )
})

test('the limits of bytes and of items hold exactly', () => {
  const ten = [0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  expect(code(ten, integers, { bytes: 10, items: 10 })).toBe('sound')
  expect(code(ten, integers, { bytes: 9, items: 10 })).toBe('too-large')
  expect(code(ten, integers, { bytes: 10, items: 9 })).toBe('structure')
})

import { expect, test } from 'vitest'
import { WireError } from './error.js'
import { MAX_DEPTH } from './limits.js'
import { scan } from './scan.js'

const limits = { bytes: 1000, items: 10 }
const code = (bytes: readonly number[], within: typeof limits = limits): string => {
  try {
    scan(Uint8Array.from(bytes), within)
    return 'sound'
  } catch (error) {
    return error instanceof WireError ? error.code : 'another error'
  }
}

const nest = (depth: number): number[] => [...new Array<number>(depth).fill(0x81), 0]

test.each<[string, number[]]>([
  [
    'integers of every width',
    [0x85, 0x17, 0x18, 0xff, 0x19, 1, 2, 0x1a, 1, 2, 3, 4, 0x1b, 0, 0x1f, 255, 255, 255, 255, 255, 255],
  ],
  ['byte strings and arrays, the empty ones too', [0x84, 0x40, 0x42, 1, 2, 0x80, 0x58, 1, 9]],
  ['false, true and null', [0x83, 0xf4, 0xf5, 0xf6]],
  ['arrays as deep as allowed', nest(MAX_DEPTH)],
  ['an array after a nested one has ended', [0x82, 0x81, 0x81, 0x00, 0x81, 0x00]],
])('%s are sound', (_, bytes) => {
  expect(code(bytes)).toBe('sound')
})

test.each<[string, number[]]>([
  ['nothing', []],
  ['a second item', [0x00, 0x00]],
  ['arrays deeper than allowed', nest(MAX_DEPTH + 1)],
  ['2⁵³', [0x1b, 0, 0x20, 0, 0, 0, 0, 0, 0]],
  ['2⁵³ + 1, which would round to 2⁵³', [0x1b, 0, 0x20, 0, 0, 0, 0, 0, 1]],
  ['an integer cut short', [0x1b, 0, 0, 0]],
  ['a byte string cut short', [0x43, 1, 2]],
  ['an array cut short', [0x83, 1, 2]],
  ['an array whose last element is cut short', [0x82, 1, 0x42, 0]],
  ['text', [0x61, 0x61]],
  ['a map', [0xa0]],
  ['a tag', [0xc1, 0]],
  ['a negative integer', [0x20]],
  ['a float', [0xf9, 0x3c, 0]],
  ['undefined', [0xf7]],
])('%s is refused', (_, bytes) => {
  expect(code(bytes)).toBe('structure')
})

test('the limits of bytes and of items hold exactly', () => {
  const ten = [0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0]
  expect(code(ten, { bytes: 10, items: 10 })).toBe('sound')
  expect(code(ten, { bytes: 9, items: 10 })).toBe('too-large')
  expect(code(ten, { bytes: 10, items: 9 })).toBe('structure')
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from './crc32.js'

const utf8 = new TextEncoder()

test('it is the CRC-32 that everybody means', () => {
  expect(crc32(utf8.encode('123456789'))).toBe(0xcbf43926)
  expect(crc32()).toBe(0)
})

test('parts count as one', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      expect(crc32(a, b)).toBe(crc32(Uint8Array.from([...a, ...b])))
    }),
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bytesToHex, hexToBytes, WireError } from './index.js'

test('every sixteen bytes are an id, and every id is sixteen bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const id = bytesToHex(bytes)
      expect(id).toBe(Buffer.from(bytes).toString('hex'))
      expect(hexToBytes(id)).toStrictEqual(bytes)
    }),
  )
})

test.each([
  '',
  '0'.repeat(31),
  '0'.repeat(33),
  'A'.repeat(32),
  'g'.repeat(32),
  `${'0'.repeat(31)} `,
  `${'0'.repeat(32)}\n`,
])('the text %j is no id', (text) => {
  expect(() => hexToBytes(text)).toThrow(WireError)
})

test('fifteen or seventeen bytes are no id', () => {
  for (const length of [0, 15, 17]) expect(() => bytesToHex(new Uint8Array(length))).toThrow(WireError)
})

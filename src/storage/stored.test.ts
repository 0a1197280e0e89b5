import fc from 'fast-check'
import { expect, test } from 'vitest'
import { StorageCorrupt } from './error.js'
import { emptyOfVersion } from './stage.js'
import { fromStored, toStored } from './stored.js'

const corruption = (key: string | number, stored: unknown): string => {
  try {
    fromStored(key, stored)
    return 'sound'
  } catch (error) {
    return error instanceof StorageCorrupt ? error.corruption : 'another error'
  }
}

test('content comes back under its key, from a buffer of exactly its length', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.nat()), fc.uint8Array(), (key, content) => {
      const stored = toStored(key, content)
      expect(stored.buffer.byteLength).toBe(stored.length)
      expect(fromStored(key, stored)).toStrictEqual(content)
    }),
  )
})

test('any single changed byte is found', () => {
  const sound = toStored(7, Uint8Array.of(1, 2, 3))
  for (const at of sound.keys()) {
    for (let flip = 1; flip < 256; flip++) {
      const damaged = sound.slice()
      damaged[at] = (damaged[at] as number) ^ flip
      expect(corruption(7, damaged)).not.toBe('sound')
    }
  }
})

test('a newer version says so, and what to do', () => {
  expect(() => fromStored(7, emptyOfVersion(9, 7))).toThrow('stored value 7: newer-version; update this program')
})

test('an older version says so, and what to do', () => {
  expect(() => fromStored(7, emptyOfVersion(5, 7))).toThrow(
    'stored value 7: older-version; open it with the version of this library that wrote it, or join again as a new member',
  )
})

test('damage to the version is not taken for another version', () => {
  const stored = toStored(7, Uint8Array.of(1, 2, 3))
  for (let version = 0; version < 256; version++) {
    if (version !== stored[0]) expect(corruption(7, stored.with(0, version))).toBe('checksum')
  }
})

test.each<[string, unknown]>([
  ['missing', undefined],
  ['older-version', emptyOfVersion(5, 7)],
  ['older-version', emptyOfVersion(4, 7)],
  ['newer-version', emptyOfVersion(255, 7)],
  ['checksum', new Uint8Array(5)],
  ['unreadable', new Uint8Array(4)],
  ['unreadable', 'text'],
  ['unreadable', null],
  ['checksum', toStored(8, Uint8Array.of(1))],
  ['checksum', toStored('7', Uint8Array.of(1)).slice(0, -1)],
])('it is %s', (expected, stored) => {
  expect(corruption(7, stored)).toBe(expected)
})

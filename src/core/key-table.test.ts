import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hashOf, KeyTable } from './key-table.js'

it('says of every key what a Map says, whatever the hashes', () => {
  const key = fc.string({ unit: 'binary', maxLength: 3 })
  // Few different hashes: neighbours fill up, and what finds no place is found all the same.
  fc.assert(
    fc.property(fc.array(key, { maxLength: 300 }), fc.constantFrom(1, 2, 1 << 30), (keys, hashes) => {
      const hash = (it: string): number => Math.abs(hashOf(it)) % hashes
      const table = new KeyTable()
      const map = new Map<string, number>()
      for (const [i, it] of keys.entries()) {
        expect(table.get(it, hash(it))).toBe(map.get(it))
        if (map.has(it)) continue
        table.add(it, hash(it), i)
        map.set(it, i)
      }
      for (const it of keys) expect(table.get(it, hash(it))).toBe(map.get(it))
      expect(table.get('none of these', hash('none of these'))).toBeUndefined()
      expect([...table.entries()]).toEqual([...map])
    }),
  )
})

it('gives keys that differ little hashes that differ in every part', () => {
  const low = new Set<number>()
  const high = new Set<number>()
  for (let i = 0; i < 4096; i++) {
    low.add(hashOf(`key/${i}`) & 0xfff)
    high.add(hashOf(`key/${i}`) >>> 20)
  }
  // As many as 4096 throws of a die with 4096 sides show, but for a few.
  expect(low.size).toBeGreaterThan(2400)
  expect(high.size).toBeGreaterThan(2400)
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { inOrder, type Pair } from './in-order.js'

const sorted = (pairs: readonly Pair<number>[]): readonly Pair<number>[] =>
  pairs.toSorted(([a], [b]) => (a < b ? -1 : 1))

const named = (keys: readonly string[]): readonly Pair<number>[] => keys.map((key, i) => [key, i])

describe('pairs in order', () => {
  it('are those that were given, sorted by UTF-16 code units', () => {
    const keys = fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 50 })
    fc.assert(
      fc.property(keys, fc.constantFrom(1, 40, 100), (few, times) => {
        const pairs = named(Array.from({ length: times }, (_, i) => few.map((key) => `${key}/${i}`)).flat())
        const given = pairs.slice()
        expect([...inOrder(pairs)]).toEqual(sorted(pairs))
        expect(pairs).toEqual(given)
      }),
      { numRuns: 50 },
    )
  })

  const length = 20_000
  const numbered = (number: number): string => String(number).padStart(6, '0')

  it.each<readonly [string, (i: number) => number]>([
    ['sorted already', (i) => i],
    ['the other way round', (i) => length - i],
    ['first the even, then the odd ones', (i) => (2 * i < length ? 2 * i : 2 * i - length + 1)],
    ['as good as at random', (i) => (i * 7919) % length],
    ['the least at each place that is looked at', (i) => (i % 625 === 0 ? i / 625 : 1000 + i)],
  ])('come in few steps, whatever their order was: %s', (_, place) => {
    const pairs = named(Array.from({ length }, (_, i) => numbered(place(i))))
    let looked = 0
    const get = (pair: Pair<number>, name: string | symbol): unknown => {
      if (name === '0') looked++
      return Reflect.get(pair, name)
    }
    const watched = pairs.map((pair) => new Proxy(pair, { get }))
    const ordered = inOrder(watched)
    const first = ordered.next().value as Pair<number>
    // To sort them all at once takes nearly thirty times their number.
    expect(looked).toBeLessThan(5 * length)
    expect([first, ...ordered].map(([key]) => key)).toEqual(sorted(pairs).map(([key]) => key))
    expect(looked).toBeLessThan(50 * length)
  })
})

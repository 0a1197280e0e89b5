import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OrderedMap, type Within } from './ordered-map.js'

/** The same, as anybody would write it. */
class Naive {
  readonly #values: Map<string, number>

  constructor(values: Iterable<readonly [string, number]> = []) {
    this.#values = new Map(values)
  }

  get size(): number {
    return this.#values.size
  }

  get(key: string): number | undefined {
    return this.#values.get(key)
  }

  set(key: string, value: number): void {
    this.#values.set(key, value)
  }

  delete(key: string): boolean {
    return this.#values.delete(key)
  }

  fork(): Naive {
    return new Naive(this.#values)
  }

  entries({ from = '', to, reverse = false }: Within = {}): readonly (readonly [string, number])[] {
    const within = [...this.#values].filter(([key]) => key >= from && (to === undefined || key < to))
    const sorted = within.sort(([a], [b]) => (a < b ? -1 : 1))
    return reverse ? sorted.reverse() : sorted
  }
}

type Either = Pick<OrderedMap<number>, 'size' | 'get' | 'set' | 'delete'> & {
  entries(within?: Within): Iterable<readonly [string, number]>
}

const KEYS = 2000
const keyOf = (number: number): string => (number % KEYS).toString(36)

type Step = (map: Either) => unknown

const number = fc.nat(KEYS - 1)
const key = number.map(keyOf)
const within: Arbitrary<Within> = fc.record({ from: key, to: key, reverse: fc.boolean() }, { requiredKeys: [] })

/** Runs of keys next to each other, and scattered ones: nodes split and are joined on all levels. */
const many = fc.tuple(number, fc.constantFrom(1, 7, 601), fc.integer({ min: 1, max: 1500 }))
const keysOf = ([first, step, count]: readonly [number, number, number]): readonly string[] =>
  Array.from({ length: count }, (_, i) => keyOf(first + i * step))

const setAll = (map: Either, keys: readonly string[]): void => {
  for (const [i, key] of keys.entries()) map.set(key, i)
}

const step: Arbitrary<Step> = fc.oneof(
  many.map(
    (run): Step =>
      (map) =>
        setAll(map, keysOf(run)),
  ),
  many.map(
    (run): Step =>
      (map) =>
        keysOf(run).map((key) => map.delete(key)),
  ),
  fc.tuple(key, fc.nat()).map(
    ([key, value]): Step =>
      (map) =>
        map.set(key, value),
  ),
  key.map(
    (key): Step =>
      (map) =>
        map.delete(key),
  ),
  key.map(
    (key): Step =>
      (map) =>
        map.get(key),
  ),
  within.map(
    (range): Step =>
      (map) => [...map.entries(range)],
  ),
)

describe('an ordered map', () => {
  it('is a map whose entries come in order, whatever is done to it and to its forks', () => {
    const done = fc.array(fc.record({ step, to: fc.nat(), fork: fc.boolean() }), { maxLength: 40 })
    fc.assert(
      fc.property(done, (steps) => {
        const pairs = [{ map: new OrderedMap<number>(), naive: new Naive() }]
        for (const { step, to, fork } of steps) {
          const { map, naive } = pairs[to % pairs.length] as (typeof pairs)[number]
          if (fork) pairs.push({ map: map.fork(), naive: naive.fork() })
          expect(step(map)).toEqual(step(naive))
        }
        for (const { map, naive } of pairs) {
          expect([...map.entries()]).toEqual(naive.entries())
          expect(map.size).toBe(naive.size)
        }
      }),
    )
  })

  it('orders its keys as strings are ordered, by UTF-16 code units', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 200 }), (keys) => {
        const map = new OrderedMap<number>()
        for (const [i, key] of keys.entries()) map.set(key, i)
        const sorted = keys.toSorted((a, b) => (a < b ? -1 : 1))
        expect(Array.from(map.entries(), ([key]) => key)).toEqual(sorted)
        expect(Array.from(map.entries({ reverse: true }), ([key]) => key)).toEqual(sorted.toReversed())
      }),
    )
  })

  const filled = (length: number): OrderedMap<number> => {
    const map = new OrderedMap<number>()
    for (let i = 0; i < length; i++) map.set(keyOf(i), i)
    return map
  }

  it('is empty again when all was deleted, in whatever order, and takes up again', () => {
    for (const step of [1, 7, KEYS - 1]) {
      const map = filled(KEYS)
      const gone = Array.from({ length: KEYS }, (_, i) => map.delete(keyOf(i * step)))
      expect([gone.every(Boolean), map.size, ...map.entries()]).toEqual([true, 0])
      map.set('a', 1)
      expect([...map.entries()]).toEqual([['a', 1]])
    }
  })

  it('shows the entries as they were when it was asked for them, while it changes', () => {
    const map = filled(500)
    const before = [...map.entries()]
    const seen: (readonly [string, number])[] = []
    const entries = map.entries()
    map.set('', -1)
    for (const entry of entries) {
      seen.push(entry)
      map.delete(entry[0])
      map.set(`${entry[0]}/`, 0)
    }
    expect(seen).toEqual(before)
    expect(map.size).toBe(501)
  })

  it('compares a few keys to find one among many, and to go through some of them', () => {
    let compared = 0
    /** Compared as its text is, and counted. */
    const counted = (text: string): string => {
      const toPrimitive = (): string => {
        compared++
        return text
      }
      return { [Symbol.toPrimitive]: toPrimitive } as unknown as string
    }
    const map = new OrderedMap<number>()
    for (let i = 0; i < 100_000; i++) map.set(String(i).padStart(6, '0'), i)
    const taken = map.entries({ from: counted('050000') })
    expect([taken.next().value, taken.next().value]).toEqual([
      ['050000', 50_000],
      ['050001', 50_001],
    ])
    expect(compared).toBeLessThan(50)
  })
})

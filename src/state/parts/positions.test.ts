import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { between } from './positions.js'

/** Puts one more into a sorted list of positions, so many places from its beginning. */
const insert = (positions: string[], place: number): void => {
  positions.splice(place, 0, between(positions[place - 1], positions[place]))
}

const longest = (positions: readonly string[]): number => Math.max(...positions.map(({ length }) => length))

const inserted = (times: number, place: (count: number, last: number) => number): readonly string[] => {
  const positions: string[] = []
  let last = 0
  for (let i = 0; i < times; i++) {
    last = place(i, last)
    insert(positions, last)
  }
  return positions
}

describe('a position between two', () => {
  it('is behind the one and before the other, whatever was put where', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 200 }), (places) => {
        const positions: string[] = []
        for (const place of places) insert(positions, place % (positions.length + 1))
        expect(positions).toEqual([...new Set(positions)].sort())
      }),
    )
  })

  it('has all the room below the first one, whatever digits the second one goes on with', () => {
    const [low, high] = ['00000500000z', '000006000003']
    const position = between(low, high)
    expect(position > low && position < high).toBe(true)
    expect(position).toHaveLength(12)
  })

  it.each<[string, (count: number, last: number) => number, number]>([
    ['always at the end', (count) => count, 6],
    ['always at the front', () => 0, 12],
    ['always behind the first', (count) => Math.min(count, 1), 12],
    ['always before the last', (count) => Math.max(count - 1, 0), 18],
    [
      'each behind the one before it, amid others',
      (count, last) => (count < 10 ? count : last < 10 ? 5 : last + 1),
      18,
    ],
  ])('stays short after 10 000 of them %s', (_, place, length) => {
    const positions = inserted(10_000, place)
    expect(positions).toEqual([...new Set(positions)].sort())
    expect(longest(positions)).toBeLessThanOrEqual(length)
  })

  it('takes some bits of each between the last two of all, where no place between is ever used again', () => {
    const positions = inserted(1000, (count, last) => (count % 2 === 0 ? last : last + 1))
    expect(positions).toEqual([...new Set(positions)].sort())
    expect(longest(positions)).toBeLessThan(500)
  })
})

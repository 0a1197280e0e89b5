import { describe, expect, it } from 'vitest'
import { ballotAbove, ballotOf, roundOf, slotOf } from './ballot.js'
import { quorumsOf } from './quorum.js'

/** Every set of `size` of the voters 0 … n−1, as bits. */
const setsOf = (n: number, size: number): number[] =>
  Array.from({ length: 2 ** n }, (_, set) => set).filter((set) => countOf(set) === size)

const countOf = (set: number): number => set.toString(2).replaceAll('0', '').length

describe('quorums', () => {
  it.each([
    [1, 1, 1],
    [2, 2, 2],
    [3, 2, 2],
    [4, 3, 3],
    [5, 3, 3],
    [6, 4, 4],
    [7, 4, 5],
    [8, 5, 5],
    [9, 5, 6],
  ])('of %i voters are %i slow and %i fast [K5]', (n, slow, fast) => {
    expect(quorumsOf(n)).toMatchObject({ n, slow, fast, f: n - slow, e: n - fast })
  })

  describe.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('of %i voters', (n) => {
    const { slow, fast, e } = quorumsOf(n)
    const slows = setsOf(n, slow)
    const fasts = setsOf(n, fast)

    it('share a voter, whichever paths two commands take', () => {
      for (const q of slows) expect(slows.every((other) => (q & other) > 0)).toBe(true)
      for (const q of fasts) expect([...slows, ...fasts].every((other) => (q & other) > 0)).toBe(true)
    })

    it('leave |Q| − e unchanged in every recovery quorum of what was fast', () => {
      for (const q of slows) expect(fasts.every((f) => countOf(q & f) >= slow - e)).toBe(true)
    })

    it('leave it unchanged everywhere outside a recovery quorum that holds no more', () => {
      const all = 2 ** n - 1
      for (const q of slows) {
        const tight = fasts.filter((f) => countOf(q & f) === slow - e)
        expect(tight.every((f) => (f | q) === all)).toBe(true)
      }
    })

    it('meet the coordinator and the more than n − f − e others that left another one unchanged', () => {
      const others = setsOf(n, slow - e + 2)
      for (const f of fasts) expect(others.every((unchanged) => (f & unchanged) > 0)).toBe(true)
    })
  })
})

describe('ballots', () => {
  it('are ordered by round, then slot, and the next one of a slot is above all of its round', () => {
    for (const round of [0, 1, 7]) {
      for (let slot = 0; slot < 9; slot++) {
        const ballot = ballotOf(round, slot)
        expect([roundOf(ballot), slotOf(ballot)]).toEqual([round, slot])
        expect(ballotOf(round, slot + 1)).toBeGreaterThan(ballot)
        for (let mine = 0; mine < 9; mine++) {
          const above = ballotAbove(ballot, mine)
          expect(above).toBeGreaterThan(ballotOf(round, 8))
          expect(slotOf(above)).toBe(mine)
        }
      }
    }
  })
})

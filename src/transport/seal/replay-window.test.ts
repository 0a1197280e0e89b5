import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REPLAY_WINDOW, ReplayWindow } from './replay-window.js'

describe('a replay window', () => {
  test('accepts what a list of all that has come would, as far back as it remembers', () => {
    const jump = fc.oneof(
      fc.integer({ min: -40, max: 40 }),
      fc.integer({ min: -2 * REPLAY_WINDOW, max: 2 * REPLAY_WINDOW }),
      fc.constantFrom(-REPLAY_WINDOW, 1 - REPLAY_WINDOW, REPLAY_WINDOW, REPLAY_WINDOW + 31),
    )
    fc.assert(
      fc.property(fc.nat(2 ** 40), fc.array(jump, { maxLength: 300 }), (first, jumps) => {
        const window = new ReplayWindow(first)
        const come = new Set<number>()
        let newest = first - 1
        for (const by of jumps) {
          const counter = Math.max(0, newest + by)
          const fresh = counter >= first && counter > newest - REPLAY_WINDOW && !come.has(counter)
          expect(window.isFresh(counter)).toBe(fresh)
          expect(window.accept(counter)).toBe(fresh)
          come.add(counter)
          if (fresh) newest = Math.max(newest, counter)
        }
      }),
    )
  })

  test('takes counters of 48 bits', () => {
    const window = new ReplayWindow(0)
    const last = 2 ** 48 - 1
    expect([last - 1, last, last, last - 1, 0].map((counter) => window.accept(counter))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })
})

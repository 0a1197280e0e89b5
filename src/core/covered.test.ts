import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Covered } from './covered.js'

const N = 2

describe('a covered set', () => {
  it('holds what was added, as a frontier and what is beyond it, whatever the order and the repeats', () => {
    const id = fc.record({ slot: fc.nat(N - 1), number: fc.integer({ min: 1, max: 20 }) })
    fc.assert(
      fc.property(fc.array(id, { maxLength: 60 }), (added) => {
        const covered = new Covered(N)
        const model = Array.from({ length: N }, () => new Set<number>())
        for (const { slot, number } of added) {
          covered.add(slot, number)
          model[slot]?.add(number)
          for (let n = 1; n <= 21; n++) expect(covered.has(slot, n)).toBe(model[slot]?.has(n))
        }
        const { frontier, beyond } = covered.toSet()
        model.forEach((numbers, slot) => {
          const upTo = frontier[slot] as number
          const above = [...numbers].filter((number) => number > upTo).sort((a, b) => a - b)
          for (let n = 1; n <= upTo; n++) expect(numbers.has(n)).toBe(true)
          expect(numbers.has(upTo + 1)).toBe(false)
          expect(beyond[slot]).toEqual(above)
        })
      }),
    )
  })

  it('is told as it is now, and not changed by what comes later', () => {
    const covered = new Covered(1)
    covered.add(0, 3)
    const told = covered.toSet()
    covered.add(0, 1)
    covered.add(0, 2)
    expect(told).toEqual({ frontier: [0], beyond: [[3]] })
    expect(covered.toSet()).toEqual({ frontier: [3], beyond: [[]] })
  })
})

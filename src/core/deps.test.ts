import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { covers, noDeps, sameDeps, union } from './deps.js'
import type { Deps } from './record.js'

const vector = fc.array(fc.nat(3), { minLength: 3, maxLength: 3 })

/** The instances that a vector covers, one by one. */
const setOf = (deps: Deps): ReadonlySet<string> =>
  new Set(deps.flatMap((upTo, slot) => Array.from({ length: upTo }, (_, i) => `${slot}.${i + 1}`)))

describe('dependency vectors', () => {
  it('are sets of instances: equality, union and membership agree with those of the sets', () => {
    fc.assert(
      fc.property(vector, vector, fc.nat(2), fc.integer({ min: 1, max: 5 }), (a, b, slot, number) => {
        expect(sameDeps(a, b)).toBe([...setOf(a)].join() === [...setOf(b)].join())
        expect(setOf(union(a, b))).toEqual(new Set([...setOf(a), ...setOf(b)]))
        expect(covers(a, { slot, number })).toBe(setOf(a).has(`${slot}.${number}`))
      }),
    )
  })

  it('with only zeros cover nothing, not even the first instance [K8]', () => {
    expect(noDeps(3)).toEqual([0, 0, 0])
    expect(covers(noDeps(3), { slot: 0, number: 1 })).toBe(false)
    expect(sameDeps(noDeps(3), noDeps(2))).toBe(false)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Marks } from './marks.js'
import { type Stretch, Stretches } from './stretches.js'

const N = 2

/** Many equal starts, so that they lie on both sides of a block's end. */
const point = fc.integer({ min: 0, max: 60 }).map((i) => String(i).padStart(2, '0'))
const end = fc.option(point, { nil: undefined })
const touch = fc.record({
  start: point,
  end,
  slot: fc.nat(N - 1),
  number: fc.integer({ min: 1, max: 99 }),
  write: fc.boolean(),
})

const overlaps = (a: { start: string; end: string | undefined }, start: string, end: string | undefined): boolean =>
  (end === undefined || a.start < end) && (a.end === undefined || a.end > start)

describe('stretches', () => {
  it('collect what comparing with each touched one collects, over many blocks', () => {
    fc.assert(
      fc.property(
        fc.array(
          touch.filter((t) => t.end === undefined || t.start < t.end),
          { minLength: 400, maxLength: 1200 },
        ),
        point,
        end,
        fc.boolean(),
        (touches, start, to, readers) => {
          const marks = new Marks(N)
          const stretches = new Stretches(marks, false)
          const known = new Map<string, Stretch>()
          const expected = [0, 0]
          for (const each of touches) {
            const name = `${each.start} ${each.end}`
            const stretch = known.get(name) ?? stretches.insert(each.start, each.end, marks.add())
            known.set(name, stretch)
            stretches.touch(stretch, each.slot, each.number, each.write)
            if (overlaps(each, start, to) && (each.write || readers)) {
              expected[each.slot] = Math.max(expected[each.slot] as number, each.number)
            }
          }
          const deps = [0, 0]
          stretches.collect(start, to, deps, readers)
          expect(deps).toEqual(expected)
        },
      ),
      { numRuns: 50 },
    )
  })
})

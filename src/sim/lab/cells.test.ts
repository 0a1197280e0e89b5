import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { TraceCell } from '../../core/index.js'
import { Cells, nothingOf } from './cells.js'

const cellOf = (slot: number, number: number, position: number): TraceCell => ({
  ...nothingOf({ slot, number }),
  phase: 'committed',
  executed: true,
  position,
})

const some = fc.array(
  fc.record({
    gapMs: fc.nat(2),
    slot: fc.nat(1),
    number: fc.integer({ min: 1, max: 6 }),
    position: fc.nat(9),
    forgets: fc.boolean(),
  }),
  { maxLength: 40 },
)

describe('cells', () => {
  it('answer for every moment as if the past were still going on', () => {
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 6 }), (changes, columns) => {
        const cells = new Cells()
        // The naive way: a copy of everything after every moment.
        const copies: { readonly atMs: number; readonly known: ReadonlyMap<string, TraceCell> }[] = []
        const known = new Map<string, TraceCell>()
        let atMs = 0
        for (const { gapMs, slot, number, position, forgets } of changes) {
          atMs += gapMs
          const cell = cellOf(slot, number, position)
          if (forgets) cells.forget(atMs, 0, cell.instance)
          else cells.put(atMs, 0, cell)
          if (forgets) known.delete(`${slot}.${number}`)
          else known.set(`${slot}.${number}`, cell)
          copies.push({ atMs, known: new Map(known) })
        }
        for (let ms = -1; ms <= atMs + 1; ms++) {
          const then = copies.findLast((copy) => copy.atMs <= ms)?.known ?? new Map<string, TraceCell>()
          for (const slot of [0, 1]) {
            const row = [...then.values()].filter(({ instance }) => instance.slot === slot)
            const last = Math.max(0, ...row.map(({ instance }) => instance.number))
            const newest = row
              .filter(({ instance }) => instance.number > last - columns)
              .sort((a, b) => a.instance.number - b.instance.number)
            expect(cells.row(0, slot, ms, columns)).toEqual(newest)
            for (let number = 1; number <= 6; number++) {
              expect(cells.at(0, { slot, number }, ms)).toBe(then.get(`${slot}.${number}`))
            }
          }
        }
        expect([...cells.all(0)]).toHaveLength(known.size)
      }),
    )
  })

  it('know nothing of epochs and rows that nobody has told them of', () => {
    const cells = new Cells()
    expect(cells.row(3, 1, 100, 10)).toEqual([])
    expect(cells.at(3, { slot: 0, number: 1 }, 100)).toBeUndefined()
    cells.put(5, 3, cellOf(1, 1, 1))
    expect(cells.row(3, 0, 100, 10)).toEqual([])
    expect(cells.row(3, 1, 4.999, 10)).toEqual([])
    expect(cells.row(3, 1, 5, 10)).toHaveLength(1)
  })
})

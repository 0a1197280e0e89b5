import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { LaneFlight } from './lane-content.js'
import { FlightIndex } from './lane-flights.js'
import { flight } from './stage.js'

type Open = { -readonly [K in keyof LaneFlight]: LaneFlight[K] }

const found = (index: FlightIndex, fromMs: number, untilMs: number): readonly number[] => {
  const ids: number[] = []
  index.between(fromMs, untilMs, ({ id }) => ids.push(id))
  return ids
}

const naive = (flights: readonly LaneFlight[], fromMs: number, untilMs: number): readonly number[] =>
  flights.filter(({ sentMs, endMs }) => sentMs <= untilMs && endMs >= fromMs).map(({ id }) => id)

const moment = fc.integer({ min: 0, max: 1000 })

/** Some of them take very long. */
const lengths = fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 60 }) }, moment)

/** Most of several blocks. */
const runs: fc.Arbitrary<Open[]> = fc
  .array(fc.tuple(moment, lengths, fc.boolean()), { maxLength: 400, size: 'max' })
  .map((made) =>
    made
      .sort(([a], [b]) => a - b)
      .map(([sentMs, lengthMs, known], id) =>
        flight(id, sentMs, sentMs + lengthMs, { fate: known ? 'arrived' : 'under-way' }),
      ),
  )

it('finds what a look at every flight finds', () => {
  fc.assert(
    fc.property(runs, moment, moment, (flights, fromMs, lengthMs) => {
      const index = new FlightIndex()
      index.update(flights)
      expect(found(index, fromMs, fromMs + lengthMs)).toEqual(naive(flights, fromMs, fromMs + lengthMs))
    }),
  )
})

it('still does after flights have been added, and those on their way have been delayed or brought forward', () => {
  fc.assert(
    fc.property(runs, fc.nat(), fc.infiniteStream(moment), moment, moment, (all, cut, ends, fromMs, lengthMs) => {
      const flights = all.slice(0, all.length === 0 ? 0 : cut % all.length)
      const index = new FlightIndex()
      index.update(flights)
      for (const open of flights) {
        if (open.fate !== 'under-way') continue
        open.endMs = open.sentMs + (ends.next().value ?? 0)
        open.fate = 'arrived'
      }
      flights.push(...all.slice(flights.length))
      index.update(flights)
      expect(found(index, fromMs, fromMs + lengthMs)).toEqual(naive(flights, fromMs, fromMs + lengthMs))
    }),
  )
})

it('finds one that takes very long behind thousands that are over', () => {
  const flights = Array.from({ length: 5000 }, (_, id) => flight(id, id, id === 3 ? 1e6 : id + 1))
  const index = new FlightIndex()
  index.update(flights)
  expect(found(index, 4990.5, 4990.5)).toEqual([3, 4990])
})

it('forgets one run where it is given another', () => {
  const index = new FlightIndex()
  index.update([flight(0, 0, 500)])
  index.update([flight(7, 0, 10)])
  expect(found(index, 0, 1000)).toEqual([7])
  expect(found(index, 100, 1000)).toEqual([])
})

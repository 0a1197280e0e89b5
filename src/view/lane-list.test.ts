import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { LaneFlight, LaneHappening } from './lane-content.js'
import { FlightIndex } from './lane-flights.js'
import { entriesOf, MOST_OPTIONS, stretchAround } from './lane-list.js'
import { contentOf, flight } from './stage.js'

const crash = (atMs: number): LaneHappening => ({ atMs, replica: 0, kind: 'crashed' })

const idsOf = (positionMs: number, flights: readonly LaneFlight[], happenings: readonly LaneHappening[] = []) => {
  const index = new FlightIndex()
  index.update(flights)
  return entriesOf(contentOf(positionMs, flights, happenings), index).map(({ id }) => id)
}

it('has every flight under way, in the order in which they were sent, and none that is over or not yet sent', () => {
  const flights = [flight(0, 0, 5), flight(1, 1, 50), flight(2, 3, 11), flight(3, 4, 10), flight(4, 20, 30)]
  expect(idsOf(10, flights)).toEqual(['flight-1', 'flight-2'])
})

it('leaves out what was dropped, from then on, and gossip that is not drawn', () => {
  const dropped = flight(0, 0, 50, { fate: 'lost', lostMs: 8 })
  expect(idsOf(7, [dropped])).toEqual(['flight-0'])
  expect(idsOf(8, [dropped])).toEqual([])
  expect(idsOf(7, [flight(0, 0, 50, { background: true })])).toEqual([])
})

it('goes on with what has happened last, newest first, and nothing later', () => {
  expect(idsOf(10, [], [crash(1), crash(10), crash(11)])).toEqual(['happening-1', 'happening-0'])
  const many = idsOf(
    1000,
    [],
    Array.from({ length: 500 }, (_, i) => crash(i)),
  )
  expect(many).toHaveLength(20)
  expect(many[0]).toBe('happening-499')
})

it('makes elements of a bounded stretch that always has the chosen entry in it', () => {
  fc.assert(
    fc.property(fc.nat(300), fc.nat(300), (entries, at) => {
      const chosen = at < entries ? at : undefined
      const [from, until] = stretchAround(entries, chosen)
      expect(until - from).toBe(Math.min(entries, MOST_OPTIONS))
      expect(from).toBeGreaterThanOrEqual(0)
      if (chosen !== undefined) expect(chosen >= from && chosen < until).toBe(true)
    }),
  )
})

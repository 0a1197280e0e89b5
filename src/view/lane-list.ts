import type { LaneFlight, LaneHappening, LanesContent } from './lane-content.js'
import type { FlightIndex } from './lane-flights.js'
import { isDrawn, overMs } from './lane-geometry.js'
import { firstAfter } from './lane-search.js'

/** What can be chosen without a pointer. */
export type Entry = { readonly id: string } & (
  | { readonly kind: 'flight'; readonly flight: LaneFlight }
  | { readonly kind: 'happening'; readonly happening: LaneHappening }
)

/** Of what has happened, the newest so many: the rest is gone back to by time. */
const RECENT = 20

/** So many entries are elements at a time. */
export const MOST_OPTIONS = 60

/** Every flight under way, in the order in which they were sent, and then what has happened last, newest first. */
export const entriesOf = (content: LanesContent, flights: FlightIndex): readonly Entry[] => {
  const { positionMs, happenings, lanes } = content
  const entries: Entry[] = []
  flights.between(positionMs, positionMs, (flight) => {
    if (overMs(flight) > positionMs && isDrawn(flight, content)) {
      entries.push({ id: `flight-${flight.id}`, kind: 'flight', flight })
    }
  })
  const end = firstAfter(happenings, ({ atMs }) => atMs, positionMs)
  for (let i = end - 1; i >= Math.max(0, end - RECENT); i--) {
    const happening = happenings[i] as LaneHappening
    if (happening.replica < lanes.length) entries.push({ id: `happening-${i}`, kind: 'happening', happening })
  }
  return entries
}

/** The stretch of entries around the chosen one that are elements: of many, each can be walked to. */
export const stretchAround = (entries: number, chosen: number | undefined): readonly [from: number, until: number] => {
  const from = Math.max(0, Math.min((chosen ?? 0) - MOST_OPTIONS / 2, entries - MOST_OPTIONS))
  return [from, Math.min(entries, from + MOST_OPTIONS)]
}

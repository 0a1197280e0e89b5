import type { LaneCut, LaneFlight, LanesContent } from './lane-content.js'
import type { FlightIndex } from './lane-flights.js'
import { courseOf, distanceTo, isDrawn, newCourse } from './lane-geometry.js'
import { MARK_MARGIN, type Mark, type MarkIndex, widthOf } from './lane-marks.js'
import { laneY, type TimeScale, type Track, trackY, xOf } from './lane-scale.js'
import { isCutBetween } from './lane-words.js'

/** What a pointer is at. */
export type Hit =
  | { readonly kind: 'flight'; readonly flight: LaneFlight }
  | { readonly kind: 'mark'; readonly mark: Mark }
  /** Between that lane and the next one. */
  | { readonly kind: 'cut'; readonly cut: LaneCut; readonly above: number }

/** Half as high as a mark, at most. */
const MARK_HALF = 7

/** The mark at x, y, or else the nearest flight that is drawn within `reach` pixels of it, or else the cut that it is in. */
export const hitAt = (
  x: number,
  y: number,
  reach: number,
  content: LanesContent,
  scale: TimeScale,
  flights: FlightIndex,
  marks: MarkIndex,
): Hit | undefined => {
  const mark = markAt(x, y, content, scale, marks)
  if (mark !== undefined) return { kind: 'mark', mark }
  const flight = flightAt(x, y, reach, content, scale, flights)
  return flight === undefined ? cutAt(x, y, content, scale) : { kind: 'flight', flight }
}

const markAt = (x: number, y: number, content: LanesContent, scale: TimeScale, marks: MarkIndex): Mark | undefined => {
  const perPixel = scale.msPerPixel
  const lanes = content.lanes.length
  const margin = MARK_MARGIN * perPixel
  const middle = scale.fromMs + (x - scale.left) * perPixel
  // Of those at one place the first is the one that is drawn in full.
  return nearest<Mark>('first', Number.POSITIVE_INFINITY, (offer) => {
    const visit = (mark: Mark, track: Track, full: boolean): void => {
      if (mark.replica >= lanes) return
      const across = Math.abs(xOf(scale, mark.atMs) - x)
      const top = trackY(track, mark.replica, lanes)
      const half = full ? Math.max(MARK_HALF, widthOf(mark, track) / 2) : 3
      // Names are above their marks.
      const up = track === 'above' ? 2 * MARK_HALF : 0
      if (across <= half && y >= top - MARK_HALF - up && y <= top + MARK_HALF) offer(mark, across)
    }
    marks.between(middle - margin, Math.min(content.positionMs, middle + margin), perPixel, visit)
  })
}

const flightAt = (
  x: number,
  y: number,
  reach: number,
  content: LanesContent,
  scale: TimeScale,
  flights: FlightIndex,
): LaneFlight | undefined => {
  const course = newCourse()
  // Of those on the same way the last is drawn over the others.
  return nearest<LaneFlight>('last', reach, (offer) => {
    flights.between(scale.fromMs, content.positionMs, (flight) => {
      if (!isDrawn(flight, content)) return
      courseOf(flight, scale, content, course)
      offer(flight, distanceTo(course, x, y))
    })
  })
}

/** Of what is offered, with how far away it is, the nearest that is within reach; of several as near, that one. */
const nearest = <T>(
  ofEqual: 'first' | 'last',
  reach: number,
  offers: (offer: (one: T, distance: number) => void) => void,
): T | undefined => {
  let found: T | undefined
  let least = reach
  offers((one, distance) => {
    if (distance > least || (distance === least && found !== undefined && ofEqual === 'first')) return
    least = distance
    found = one
  })
  return found
}

const cutAt = (x: number, y: number, { lanes, cuts, positionMs }: LanesContent, scale: TimeScale): Hit | undefined => {
  const atMs = scale.fromMs + (x - scale.left) * scale.msPerPixel
  const above = lanes.findIndex((_, i) => y >= laneY(i, lanes.length) && y < laneY(i + 1, lanes.length))
  if (above < 0 || above + 1 === lanes.length || atMs > positionMs) return undefined
  const cut = cuts.find(
    (one) => one.fromMs <= atMs && atMs <= (one.untilMs ?? positionMs) && isCutBetween(one, above, above + 1),
  )
  return cut === undefined ? undefined : { kind: 'cut', cut, above }
}

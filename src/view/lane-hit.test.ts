import { expect, it } from 'vitest'
import type { LaneFlight, LaneHappening, LanesContent } from './lane-content.js'
import { FlightIndex } from './lane-flights.js'
import { courseOf, newCourse } from './lane-geometry.js'
import { hitAt } from './lane-hit.js'
import { MarkIndex } from './lane-marks.js'
import { laneY, type TimeScale, trackY } from './lane-scale.js'
import { contentOf, flight, proposed } from './stage.js'

const sent = flight(0, 0, 40)

// A pixel per millisecond, from 0 on.
const scale: TimeScale = { fromMs: 0, untilMs: 100, msPerPixel: 1, left: 0, right: 100 }
const [top, bottom] = [laneY(0, 2), laneY(1, 2)]

const courseAt = (positionMs: number, other: Partial<LaneFlight> = {}) => {
  const course = newCourse()
  courseOf({ ...sent, ...other }, scale, contentOf(positionMs, []), course)
  return course
}

const hit = (x: number, y: number, content: LanesContent) => {
  const flights = new FlightIndex()
  const marks = new MarkIndex()
  flights.update(content.flights)
  marks.update(content.happenings)
  const found = hitAt(x, y, 5, content, scale, flights, marks)
  if (found?.kind === 'cut') return 'cut'
  return found?.kind === 'flight' ? found.flight.id : found?.mark.key
}

it('draws a flight up to where it is, and all of it once it has arrived', () => {
  expect(courseAt(10)).toMatchObject({ fromX: 0, fromY: top, headX: 10, headY: top + (bottom - top) / 4, toX: 40 })
  expect(courseAt(10).state).toBe('under-way')
  expect(courseAt(40)).toMatchObject({ headX: 40, headY: bottom, state: 'arrived' })
})

it('shows what was lost in the end as on its way, looking back to before that', () => {
  expect(courseAt(39, { fate: 'lost' }).state).toBe('under-way')
  expect(courseAt(41, { fate: 'lost' }).state).toBe('lost')
})

it('ends what was lost at a cut short of the lane, and what was dropped where it was then', () => {
  expect(courseAt(60, { fate: 'lost' }).headY).toBeLessThan(bottom - 5)
  expect(courseAt(60, { fate: 'lost', lostMs: 10 })).toMatchObject({ headX: 10, state: 'lost' })
  expect(courseAt(5, { fate: 'lost', lostMs: 10 })).toMatchObject({ headX: 5, state: 'under-way' })
})

it('is there at once where it takes no time', () => {
  expect(courseAt(0, { endMs: 0 })).toMatchObject({ headX: 0, headY: bottom, state: 'arrived' })
})

it('hits a flight only where it has been by now', () => {
  const middle = (top + bottom) / 2
  expect(hit(20, middle, contentOf(100, [sent]))).toBe(0)
  expect(hit(20, middle, contentOf(10, [sent]))).toBeUndefined()
  expect(hit(60, middle, contentOf(100, [sent]))).toBeUndefined()
})

it('hits the nearer of two flights', () => {
  const other = flight(1, 6, 46)
  const middle = (top + bottom) / 2
  expect(hit(21, middle, contentOf(100, [sent, other]))).toBe(0)
  expect(hit(25, middle, contentOf(100, [sent, other]))).toBe(1)
})

it('hits the last sent of flights on the same way: it is drawn over the others', () => {
  expect(hit(20, (top + bottom) / 2, contentOf(100, [sent, flight(1, 0, 40)]))).toBe(1)
})

it('hits gossip only where it is drawn, and nothing of a replica that has not joined yet', () => {
  const middle = (top + bottom) / 2
  const gossip = { ...sent, background: true }
  expect(hit(20, middle, contentOf(100, [gossip]))).toBeUndefined()
  expect(hit(20, middle, { ...contentOf(100, [gossip]), background: true })).toBe(0)
  expect(hit(20, middle, contentOf(100, [{ ...sent, to: 2 }]))).toBeUndefined()
})

it('hits a mark rather than the flights that begin or end there', () => {
  const content = contentOf(100, [sent], [proposed(0, 'a')])
  expect(hit(1, trackY('above', 0, 2), content)).toBe('0.1')
  expect(hit(1, trackY('above', 0, 2) - 12, content)).toBe('0.1')
  expect(hit(30, trackY('above', 0, 2), content)).toBeUndefined()
})

it('hits the first of marks at one place: the others give way to it', () => {
  const first = proposed(0, 'a')
  const second: LaneHappening = { atMs: 0, replica: 0, kind: 'proposed', instance: { slot: 0, number: 2 }, name: 'b' }
  const y = trackY('above', 0, 2)
  expect(hit(1, y, contentOf(100, [], [first, second]))).toBe('0.1')
  expect(hit(1, y, contentOf(100, [], [second, first]))).toBe('0.2')
})

it('hits a cut between the lanes that it parts, while it lasts, where no flight is', () => {
  const cut = { fromMs: 10, untilMs: 60, sides: [[0], [1]] }
  const content = { ...contentOf(100, [sent]), cuts: [cut] }
  const middle = (top + bottom) / 2
  expect(hit(50, middle, content)).toBe('cut')
  expect(hit(20, middle, content)).toBe(0)
  expect(hit(70, middle, content)).toBeUndefined()
  expect(hit(5, bottom - 20, content)).toBeUndefined()
  expect(hit(90, middle, { ...content, cuts: [{ ...cut, untilMs: undefined }] })).toBe('cut')
  expect(hit(50, middle, { ...content, positionMs: 40 })).toBeUndefined()
  expect(hit(50, middle, { ...content, cuts: [{ ...cut, sides: [[0, 1]] }] })).toBeUndefined()
})

it('hits nothing that is yet to come, out of reach, or of a replica that has not joined yet', () => {
  const later: LaneHappening = { atMs: 50, replica: 0, kind: 'proposed', instance: { slot: 0, number: 9 }, name: 'a' }
  expect(hit(50, top, contentOf(40, [{ ...sent, sentMs: 50, endMs: 90 }]))).toBeUndefined()
  expect(hit(50, trackY('above', 0, 2), contentOf(40, [], [later]))).toBeUndefined()
  expect(hit(50, trackY('above', 0, 2), contentOf(60, [], [later]))).toBe('0.9')
  expect(hit(50, trackY('above', 0, 2) + 8, contentOf(60, [], [later]))).toBeUndefined()
  expect(hit(50, trackY('above', 2, 2), contentOf(60, [], [{ ...later, replica: 2 }]))).toBeUndefined()
  expect(hit(29, (top + bottom) / 2, contentOf(100, [sent]))).toBeUndefined()
})

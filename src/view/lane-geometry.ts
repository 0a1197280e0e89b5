import type { LaneFlight, LanesContent } from './lane-content.js'
import { laneY, type TimeScale, xOf } from './lane-scale.js'

/** A flight as it is drawn: from where it was sent to where it is, or has ended. Used again and again: frames allocate nothing. */
export interface Course {
  fromX: number
  fromY: number
  headX: number
  headY: number
  /** Where it is going, or where it has ended. */
  toX: number
  toY: number
  state: LaneFlight['fate']
}

export const newCourse = (): Course => ({ fromX: 0, fromY: 0, headX: 0, headY: 0, toX: 0, toY: 0, state: 'under-way' })

/** When its way was over. */
export const overMs = ({ endMs, lostMs }: LaneFlight): number => lostMs ?? endMs

/** A cross would not be seen on top of a lane. */
const LOST_BEFORE = 14

/** Whether this flight is drawn at all: one end may be a replica that has not joined by then. */
export const isDrawn = ({ from, to, background }: LaneFlight, content: LanesContent): boolean =>
  from < content.lanes.length && to < content.lanes.length && (content.background || !background)

/** Works out a flight's course into `into`: as it was at the moment that is looked at, whatever became of it later. */
export const courseOf = (flight: LaneFlight, scale: TimeScale, content: LanesContent, into: Course): void => {
  const { from, to, sentMs, endMs, fate } = flight
  const lanes = content.lanes.length
  const nowMs = Math.min(content.positionMs, overMs(flight))
  const share = share01((nowMs - sentMs) / (endMs - sentMs))
  into.fromX = xOf(scale, sentMs)
  into.fromY = laneY(from, lanes)
  into.toX = xOf(scale, endMs)
  into.toY = laneY(to, lanes)
  into.headX = into.fromX + share * (into.toX - into.fromX)
  into.headY = into.fromY + share * (into.toY - into.fromY)
  into.state = content.positionMs < overMs(flight) ? 'under-way' : fate
  if (into.state === 'lost') {
    const length = Math.hypot(into.toX - into.fromX, into.toY - into.fromY)
    const kept = Math.min(share, Math.max(0.5, 1 - LOST_BEFORE / length))
    into.headX = into.fromX + kept * (into.toX - into.fromX)
    into.headY = into.fromY + kept * (into.toY - into.fromY)
  }
}

/** What takes no time at all is there at once. */
const share01 = (share: number): number => (Number.isNaN(share) ? 1 : Math.min(1, Math.max(0, share)))

/** How far x, y is from the drawn part of a course. */
export const distanceTo = ({ fromX, fromY, headX, headY }: Course, x: number, y: number): number => {
  const [right, down] = [headX - fromX, headY - fromY]
  const squared = right * right + down * down
  const share = squared === 0 ? 0 : share01(((x - fromX) * right + (y - fromY) * down) / squared)
  return Math.hypot(x - fromX - share * right, y - fromY - share * down)
}

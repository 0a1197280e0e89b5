/** Which stretch of time is drawn where. Lengths in CSS pixels. */
export interface TimeScale {
  readonly fromMs: number
  readonly untilMs: number
  /** Kept as it is, not worked out from the others: what was drawn at the same scale is told by it. */
  readonly msPerPixel: number
  /** Where `fromMs` is. */
  readonly left: number
  /** Where `untilMs` is. */
  readonly right: number
}

/** The moment that is looked at stays here: what led to it is seen, and where what is under way is going. */
const POSITION_SHARE = 0.75

/** Before the beginning: what happens there is not cut off. */
const LEAD = 26

/** `windowMs` of time, with the position at its place as soon as the beginning leaves room for that. */
export const scaleOf = (positionMs: number, windowMs: number, left: number, right: number): TimeScale => {
  const msPerPixel = windowMs / Math.max(1, right - left)
  const fromMs = Math.max(-LEAD * msPerPixel, positionMs - POSITION_SHARE * windowMs)
  return { fromMs, untilMs: fromMs + windowMs, msPerPixel, left, right }
}

/** The same, moved by less than a device pixel, so that it begins at a whole one: what is copied stays sharp. */
export const onPixels = (scale: TimeScale, ratio: number): TimeScale => {
  const { msPerPixel } = scale
  const fromMs = (Math.round((scale.fromMs / msPerPixel) * ratio) / ratio) * msPerPixel
  return { ...scale, fromMs, untilMs: fromMs + scale.untilMs - scale.fromMs }
}

export const xOf = (scale: TimeScale, ms: number): number => scale.left + (ms - scale.fromMs) / scale.msPerPixel

/** Ticks at least this far apart leave room for their words. */
const TICK_DISTANCE = 72

const STEPS = [1, 2, 5, 10] as const

/** The moments that the axis names: round ones. */
export const ticksOf = (scale: TimeScale): readonly number[] => {
  const leastMs = TICK_DISTANCE * scale.msPerPixel
  const power = 10 ** Math.floor(Math.log10(leastMs))
  const stepMs = power * (STEPS.find((step) => step * power >= leastMs) ?? 10)
  const ticks: number[] = []
  // Counted, not added up: sums of fractions drift.
  for (let i = Math.ceil(Math.max(0, scale.fromMs) / stepMs); i * stepMs <= scale.untilMs; i++) ticks.push(i * stepMs)
  return ticks
}

/** A mark is at its lane's middle, or at one of three distances from it: what belongs to one moment is told apart. */
export type Track = 'above' | 'line' | 'committed' | 'executed'

const FROM_MIDDLE: Readonly<Record<Track, number>> = { above: -11, line: 0, committed: 11, executed: 24 }

/** From a mark above its lane up to the baseline of its text. */
export const NAME_RISE = 6

export const trackY = (track: Track, lane: number, lanes: number): number => laneY(lane, lanes) + FROM_MIDDLE[track]

/** What is above and below a lane's middle has room, just; few lanes get more. */
const LEAST_LANE_HEIGHT = 58
const ROOMY_LANE_HEIGHT = 74
const ROOMY_LANES = 3

/** A little more above the first lane's name. */
const TOP = 4
export const AXIS_HEIGHT = 22

export const laneHeight = (lanes: number): number => (lanes <= ROOMY_LANES ? ROOMY_LANE_HEIGHT : LEAST_LANE_HEIGHT)

/** The middle of a lane. */
export const laneY = (lane: number, lanes: number): number => TOP + (lane + 0.5) * laneHeight(lanes)

/** Of the whole drawing. */
export const heightOf = (lanes: number): number => TOP + lanes * laneHeight(lanes) + AXIS_HEIGHT

/** Milliseconds as they are read: to a tenth, where that says something. */
export const inMs = (ms: number): string => String(Math.round(ms * 10) / 10)

import { type Point, slope } from '../../bench/statistics.js'

/** Something that is to stay as large as it is, however long it all goes on. */
export interface Gauge {
  readonly name: string
  /** Of what there are so many, as text. */
  readonly show: (amount: number) => string
  /** What builds up, and goes again, between two times that it is cleared away. */
  readonly tooth: number
  /** By the minute. */
  readonly points: Point[]
}

/** Of the mean: what a process that is alive drifts by. */
const DRIFT_SHARE = 0.1

export interface Verdict {
  /** How much the line through all points rises from the first to the last: the slope, times the time. */
  readonly rise: number
  /** The larger of a tooth and a tenth of the mean. */
  readonly allowed: number
  readonly flat: boolean
}

/** Whether it stays flat. What was hardly looked at does not. */
export const judge = ({ points, tooth }: Gauge): Verdict => {
  const times = points.map(({ x }) => x)
  const rise = slope(points) * (Math.max(...times) - Math.min(...times))
  const mean = points.reduce((sum, { y }) => sum + y, 0) / points.length
  const allowed = Math.max(tooth, mean * DRIFT_SHARE)
  return { rise, allowed, flat: rise <= allowed }
}

/** Of an even number of values the mean of the two in the middle. NaN for none. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

/** The smallest value that this share of all, from 0 to 1, does not exceed. NaN for none. */
export const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN
}

export interface Point {
  readonly x: number
  readonly y: number
}

/** Of the line with the least squares, in units of y for one of x. NaN where all points have the same x. */
export const slope = (points: readonly Point[]): number => {
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
  const [atX, atY] = [mean(points.map(({ x }) => x)), mean(points.map(({ y }) => y))]
  const [rise, run] = points.reduce(
    ([rise, run], { x, y }) => [rise + (x - atX) * (y - atY), run + (x - atX) ** 2],
    [0, 0],
  )
  return rise / run
}

/** A value, and how often it was seen. */
export interface Weighted {
  readonly value: number
  readonly weight: number
}

/** The smallest value that this share, from 0 to 1, of all that were seen does not exceed. NaN for none. */
export const weightedPercentile = (seen: readonly Weighted[], share: number): number => {
  const sorted = seen.toSorted((a, b) => a.value - b.value)
  const enough = share * sorted.reduce((sum, { weight }) => sum + weight, 0)
  let sum = 0
  for (const { value, weight } of sorted) {
    sum += weight
    if (sum >= enough) return value
  }
  return Number.NaN
}

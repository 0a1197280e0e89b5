import { median } from '../statistics.js'

/** What something costs where so much of it is there. */
export interface Point {
  readonly size: number
  readonly cost: number
}

/**
 * For each point how much more it costs than the cheapest before it lets expect: 1 as expected. Where the cost is to be in
 * proportion to the size, the cheapest is the one that costs least for its size.
 */
export const excesses = (points: readonly Point[], grows: 'flat' | 'linear'): readonly number[] => {
  let least = Number.POSITIVE_INFINITY
  return points.map(({ size, cost }) => {
    const each = grows === 'flat' ? cost : cost / size
    const excess = least === Number.POSITIVE_INFINITY ? 1 : each / least
    least = Math.min(least, each)
    return excess
  })
}

/** Of two runs of the same, one may cost so much more: what is above that has grown. */
export const TOLERANCE = 1.5

/** In words, what has grown that should not have, or more than in proportion. */
export const grown = (
  what: string,
  names: readonly string[],
  points: readonly Point[],
  grows: 'flat' | 'linear',
): string[] =>
  excesses(points, grows).flatMap((excess, i) => {
    if (!(excess > TOLERANCE)) return []
    const than = grows === 'flat' ? 'not flat' : 'more than in proportion'
    return [`${what} is ${than}: ${names[i]} costs ${excess.toFixed(1)} times what the cheapest before it lets expect.`]
  })

/** One cost against another, as often as both were measured: medians, for the runs have nothing to do with each other. */
export const against = (values: readonly number[], first: readonly number[]): number => median(values) / median(first)

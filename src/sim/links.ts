import { awsRegions, awsRoundTripMs } from './aws.js'
import type { Link } from './faults.js'
import type { Random } from './random.js'

/** How far slots are from each other, one way. */
export type Distance = (from: number, to: number) => number

/** Voters in the measured regions, slot by slot; those beyond the fifth share one with an earlier one. */
export const awsDistanceMs: Distance = (from, to) => {
  const [a, b] = [awsRegions[from % awsRegions.length], awsRegions[to % awsRegions.length]]
  return a === undefined || b === undefined ? 0 : awsRoundTripMs[a][b] / 2
}

/** All as far apart; two places, near within and far between; or the regions of AWS. */
const drawDistance = (random: Random): Distance => {
  const near = random.between(0.1, 20)
  if (random.chance(0.6)) return () => near
  if (random.chance(0.3)) return awsDistanceMs
  const far = random.between(20, 120)
  const bits = random.below(2 ** 9)
  return (from, to) => (((bits >> from) ^ (bits >> to)) & 1 ? far : near)
}

/**
 * Draws every direction of every path between `n` voters.
 * @param jitterMs of most; some are slower, and some lose more than others
 * @param loss of most
 */
export const drawLinks = (
  random: Random,
  n: number,
  jitterMs: number,
  loss: number,
): ((from: number, to: number) => Link) => {
  const distanceMs = drawDistance(random)
  const slow = random.chance(0.3) ? 0.2 : 0
  const lossy = random.chance(0.3) ? 0.2 : 0
  const links = Array.from(
    { length: n * n },
    (_, i): Link => ({
      delayMs: distanceMs(Math.floor(i / n), i % n),
      slowMs: random.chance(slow) ? random.between(50, 800) : 0,
      jitterMs: random.chance(slow) ? jitterMs + random.between(0, 300) : jitterMs,
      loss: random.chance(lossy) ? random.between(loss, 1) : loss,
    }),
  )
  return (from, to) => links[from * n + to] as Link
}

import type { Mark } from './rehearsal.js'

/** A message that takes 50 ms is on its way for a second: long enough to follow it. */
const SLOWED_BY = 20
/** Shorter than this nothing is seen, and for longer than that nobody wants to wait. */
const SHORTEST_MS = 800
const LONGEST_MS = 4500

/** Virtual milliseconds in a millisecond, for a beat of this length. */
export const speedOf = ({ fromMs, untilMs }: Mark): number => {
  const virtualMs = untilMs - fromMs
  return virtualMs / Math.min(LONGEST_MS, Math.max(SHORTEST_MS, virtualMs * SLOWED_BY))
}

/** Whether beats jump to their ends: the reader wants nothing to move, or `?pace=fast` stands in the address. */
export const jumps = (): boolean =>
  matchMedia('(prefers-reduced-motion: reduce)').matches || new URLSearchParams(location.search).get('pace') === 'fast'

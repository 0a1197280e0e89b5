import type { Deps } from '../core/index.js'

/**
 * What was told before in the same bytes, and is not told again: what follows says how it differs. Whoever writes and
 * whoever reads keep it alike.
 */
export class Told {
  /** Of the instance that was named last. */
  epoch = 0
  slot = 0
  number = 0
  /** The vector before. */
  deps: Deps = []
  /** In the order in which they came first; and of each the sequence that was told last. */
  readonly sessions: string[] = []
  readonly sequences: number[] = []
}

/** Small numbers of either sign as small ones without: 0, −1, 1, −2 … are 0, 1, 2, 3 … */
export const zigzag = (difference: number): number => (difference < 0 ? -2 * difference - 1 : 2 * difference)

export const unzigzag = (folded: number): number => (folded % 2 === 0 ? folded / 2 : -(folded + 1) / 2)

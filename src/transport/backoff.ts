import { isHidden } from './page-life.js'

export interface BackoffDelays {
  readonly firstMs: number
  readonly longestMs: number
}

/** Of all delays while nobody looks at the page: each attempt costs battery. */
const HIDDEN_FACTOR = 4

/** How long to wait before each attempt of a row: doubling, with jitter, so that those cut off together don't return together. */
export class Backoff {
  readonly #delays: BackoffDelays
  readonly #random: () => number
  #attempts = 0

  /** `random` is uniform in [0, 1). */
  constructor(delays: BackoffDelays, random: () => number) {
    this.#delays = delays
    this.#random = random
  }

  /** Between half of the full delay and all of it; four times that in a hidden page. */
  nextMs(): number {
    const fullMs = Math.min(this.#delays.longestMs, this.#delays.firstMs * 2 ** this.#attempts)
    this.#attempts++
    return fullMs * (0.5 + this.#random() / 2) * (isHidden() ? HIDDEN_FACTOR : 1)
  }

  reset(): void {
    this.#attempts = 0
  }
}

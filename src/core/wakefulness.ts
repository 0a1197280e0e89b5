import type { Tuning } from './tuning.js'

/** Notices that a machine has slept, or that a tab was hidden. */
export class Wakefulness {
  readonly #tuning: Tuning
  #ticked = false
  #sleptAt = 0

  constructor(tuning: Tuning) {
    this.#tuning = tuning
  }

  /**
   * Whether this tick is the first one, or comes after a gap. Where gaps are the rule, as in a tab that stays hidden, not
   * two in a row count, or it would never suspect anybody.
   * @param lastMs when the tick before it was
   */
  slept(lastMs: number, nowMs: number): boolean {
    const { suspectMs, gossipMs } = this.#tuning
    const awakeForMs = lastMs - this.#sleptAt
    const gap = nowMs - lastMs > suspectMs / 2 && awakeForMs > Math.max(suspectMs, gossipMs)
    if (!gap && this.#ticked) return false
    this.#ticked = true
    this.#sleptAt = nowMs
    return true
  }
}

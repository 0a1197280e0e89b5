/**
 * Milliseconds since it was made: never decreasing, sleep included. `performance.now()` may stand still while
 * the machine sleeps, `Date.now()` may be set back: of each step the larger one counts.
 */
export class SteadyClock {
  #elapsed = 0
  #monotonic = performance.now()
  #wall = Date.now()

  now(): number {
    const monotonic = performance.now()
    const wall = Date.now()
    this.#elapsed += Math.max(0, monotonic - this.#monotonic, wall - this.#wall)
    this.#monotonic = monotonic
    this.#wall = wall
    return this.#elapsed
  }
}

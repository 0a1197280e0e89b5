/** Does something at once where it has not been done for a while, else as soon as that while is over. */
export class Pace {
  readonly #intervalMs: number
  readonly #act: () => void
  #lastMs = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(intervalMs: number, act: () => void) {
    this.#intervalMs = intervalMs
    this.#act = act
  }

  ask(): void {
    if (this.#timer !== undefined) return
    const waitMs = this.#lastMs + this.#intervalMs - performance.now()
    if (waitMs <= 0) this.now()
    else this.#timer = setTimeout(() => this.now(), waitMs)
  }

  /** Does it without waiting. */
  now(): void {
    this.stop()
    this.#lastMs = performance.now()
    this.#act()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

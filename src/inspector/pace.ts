/** Often enough to be read, and seldom enough for pages that have other things to do. */
export const DRAW_MS = 100

/** Draws soon after it was asked to: at most ten times a second, and not at all while the page is hidden. */
export class Pace {
  readonly #draw: () => void
  #drawnAtMs = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined
  #frame: number | undefined

  constructor(draw: () => void) {
    this.#draw = draw
  }

  /** However often. */
  ask(): void {
    if (this.#timer !== undefined || this.#frame !== undefined) return
    const sinceMs = performance.now() - this.#drawnAtMs
    this.#timer = setTimeout(() => this.#due(), Math.max(0, DRAW_MS - sinceMs))
  }

  /** What was asked for isn't drawn any more. */
  stop(): void {
    clearTimeout(this.#timer)
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#timer = this.#frame = undefined
  }

  /** Hidden pages are given no frames. */
  #due(): void {
    this.#timer = undefined
    this.#frame = requestAnimationFrame(() => {
      this.#frame = undefined
      this.#drawnAtMs = performance.now()
      this.#draw()
    })
  }
}

/** A row follows its newest instance with this time constant: seen as one movement, over before the next is read. */
const TIME_CONSTANT_MS = 45

/** Less than this many columns away is there. */
const NEAR_COLUMNS = 0.01

/** A row that is further away jumps: more has happened than an eye can follow, and drawing must not slow it down. */
const FAR_COLUMNS = 1.5

/** Moves the rows of the drawing to where their first columns belong, frame by frame. */
export class Slide {
  /** The number at the left end of each row just now; fractions while it moves. */
  readonly at: number[] = []
  #goals: readonly number[] = []
  #frame: number | undefined
  #lastMs: number | undefined

  /** @param moved called whenever `at` has changed by itself */
  constructor(readonly moved: () => void) {}

  to(goals: readonly number[]): void {
    this.#goals = goals
    this.at.length = goals.length
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches
    for (const [slot, goal] of goals.entries()) {
      const distance = goal - (this.at[slot] ?? Number.NEGATIVE_INFINITY)
      // Back goes a row only when there is more room: that is no movement.
      if (still || distance < 0 || distance > FAR_COLUMNS) this.at[slot] = goal
    }
    if (this.#moving) this.#frame ??= requestAnimationFrame(this.#step)
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame)
    this.#frame = undefined
    this.#lastMs = undefined
  }

  get #moving(): boolean {
    return this.#goals.some((goal, slot) => goal !== this.at[slot])
  }

  readonly #step = (nowMs: number): void => {
    const passedMs = nowMs - (this.#lastMs ?? nowMs)
    this.#lastMs = nowMs
    const rest = Math.exp(-passedMs / TIME_CONSTANT_MS)
    for (const [slot, goal] of this.#goals.entries()) {
      const distance = goal - (this.at[slot] as number)
      this.at[slot] = Math.abs(distance) < NEAR_COLUMNS ? goal : goal - distance * rest
    }
    this.moved()
    if (this.#moving) this.#frame = requestAnimationFrame(this.#step)
    else this.stop()
  }
}

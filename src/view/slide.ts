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
  #lastMs: number | undefined

  /** @param still whether every row jumps */
  to(goals: readonly number[], still: boolean): void {
    this.#goals = goals
    this.at.length = goals.length
    for (const [slot, goal] of goals.entries()) {
      const distance = goal - (this.at[slot] ?? Number.NEGATIVE_INFINITY)
      // Back goes a row only when there is more room, or when the past is looked at: that is no movement.
      if (still || distance < 0 || distance > FAR_COLUMNS) this.at[slot] = goal
    }
  }

  /** @param nowMs of the frame that is drawn @returns whether there is more to come */
  step(nowMs: number): boolean {
    const passedMs = Math.max(0, nowMs - (this.#lastMs ?? nowMs))
    const rest = Math.exp(-passedMs / TIME_CONSTANT_MS)
    let moving = false
    for (const [slot, goal] of this.#goals.entries()) {
      const distance = goal - (this.at[slot] as number)
      const there = Math.abs(distance) < NEAR_COLUMNS
      this.at[slot] = there ? goal : goal - distance * rest
      moving ||= !there
    }
    this.#lastMs = moving ? nowMs : undefined
    return moving
  }
}

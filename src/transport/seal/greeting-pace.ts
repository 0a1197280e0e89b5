/** Hellos may be lost: they are repeated this often at first. */
const GREET_MS = 1000
/** Who has not answered so many is no member, or has no way to answer: then it is asked less and less often. */
const EAGER_GREETINGS = 10
const MAX_GREET_MS = 60_000

/** When to say hello to a peer again. */
export class GreetingPace {
  #dueAtMs = Number.NEGATIVE_INFINITY
  /** Since anything was heard of it. */
  #unanswered = 0

  isDue(nowMs: number): boolean {
    return nowMs >= this.#dueAtMs
  }

  greeted(nowMs: number): void {
    const late = Math.max(0, this.#unanswered - EAGER_GREETINGS + 1)
    this.#dueAtMs = nowMs + Math.min(MAX_GREET_MS, GREET_MS * 2 ** late)
    this.#unanswered++
  }

  /** By a hello that could be opened. */
  answered(): void {
    this.#unanswered = 0
  }

  /** The next one need not wait. */
  reset(): void {
    this.#dueAtMs = Number.NEGATIVE_INFINITY
    this.#unanswered = 0
  }
}

import type { Clock } from './clock.js'

interface Timer {
  readonly dueMs: number
  readonly task: () => void
}

/** A clock for tests, which stands still until it is told to go on. */
export class ManualClock implements Clock {
  #nowMs = 0
  #timers: Timer[] = []

  nowMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, task: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, task }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  /** Timers that have neither run nor been cancelled. */
  get armed(): number {
    return this.#timers.length
  }

  /** Runs what is due until then, in order of time. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs
    for (;;) {
      const [next] = this.#timers.filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)
      if (next === undefined) break
      this.#timers = this.#timers.filter((other) => other !== next)
      this.#nowMs = next.dueMs
      next.task()
    }
    this.#nowMs = untilMs
  }
}

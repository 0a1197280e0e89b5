import type { Clock } from './clock.js'

interface Alarm {
  readonly dueMs: number
  readonly task: () => void
  readonly cancelTimer: () => void
}

/**
 * A clock whose tasks may also be run by others than its own timers: those of hidden pages run once a minute, while
 * messages still arrive, and workers still beat.
 */
export class Alarms implements Clock {
  readonly #clock: Clock
  readonly #armed = new Set<Alarm>()
  #earliestMs = Number.POSITIVE_INFINITY

  constructor(clock: Clock) {
    this.#clock = clock
  }

  nowMs(): number {
    return this.#clock.nowMs()
  }

  after(delayMs: number, task: () => void): () => void {
    const dueMs = this.nowMs() + delayMs
    const alarm: Alarm = { dueMs, task, cancelTimer: this.#clock.after(delayMs, () => this.#run(alarm)) }
    this.#armed.add(alarm)
    this.#earliestMs = Math.min(this.#earliestMs, dueMs)
    return () => this.#disarm(alarm)
  }

  /** Runs `task` again and again: in step, so that five seconds are five times one; but those slept through never were. */
  every(intervalMs: number, task: () => void): () => void {
    let dueMs = this.nowMs()
    let cancel = (): void => {}
    const next = (): void => {
      const [now, inStepMs] = [this.nowMs(), dueMs + intervalMs]
      dueMs = inStepMs > now ? inStepMs : now + intervalMs
      cancel = this.after(dueMs - now, () => {
        next()
        task()
      })
    }
    next()
    return () => cancel()
  }

  /** Runs what is due and was not run yet, in the order in which it became due. */
  runDue(): void {
    const now = this.nowMs()
    if (now < this.#earliestMs) return
    const due = [...this.#armed].filter(({ dueMs }) => dueMs <= now).sort((a, b) => a.dueMs - b.dueMs)
    for (const alarm of due) this.#run(alarm)
    this.#earliestMs = Math.min(...[...this.#armed].map(({ dueMs }) => dueMs))
  }

  #run(alarm: Alarm): void {
    if (this.#disarm(alarm)) alarm.task()
  }

  #disarm(alarm: Alarm): boolean {
    alarm.cancelTimer()
    return this.#armed.delete(alarm)
  }
}

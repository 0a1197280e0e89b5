import { Timers } from '../../core/index.js'

/** Scripts name times with three decimals: everything happens at such a time, so that a script can name any moment. */
const PER_MS = 1000

export const toGrid = (ms: number): number => Math.round(ms * PER_MS) / PER_MS

/** Virtual time, and what is to happen when. What is due at the same time happens in the order in which it was set. */
export class Timetable {
  readonly #events = new Timers<() => void>()
  #now = 0

  get now(): number {
    return this.#now
  }

  /** When the next event is due; undefined when there is none. */
  get nextMs(): number | undefined {
    return this.#events.next
  }

  /** At the earliest now. */
  at(ms: number, event: () => void): void {
    this.#events.set(Math.max(this.#now, toGrid(ms)), event)
  }

  after(delayMs: number, event: () => void): void {
    this.at(this.#now + delayMs, event)
  }

  /** Lets the next event happen. Says whether there was one by then. */
  next(untilMs: number): boolean {
    const at = this.#events.next
    if (at === undefined || at > untilMs) return false
    this.#now = at
    this.#events.due(at)?.()
    return true
  }

  /** Lets everything happen that is due until then. */
  runUntil(ms: number): void {
    while (this.next(ms));
    this.#now = Math.max(this.#now, ms)
  }
}

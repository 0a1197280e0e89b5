import { Timers } from '../core/index.js'

/** Virtual time: what happens when. Nothing else moves the clock. */
export class Agenda {
  readonly #events = new Timers<() => void>()
  now = 0

  after(delayMs: number, event: () => void): void {
    this.#events.set(this.now + delayMs, event)
  }

  /** Lets everything happen that is due until then. */
  runUntil(ms: number): void {
    for (let at = this.#events.next; at !== undefined && at <= ms; at = this.#events.next) {
      this.now = at
      this.#events.due(at)?.()
    }
    this.now = ms
  }
}

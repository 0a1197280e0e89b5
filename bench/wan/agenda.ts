import { Timers } from 'epaxos/core'

/** Virtual time, in milliseconds: what happens when. What is due at the same time happens in the order in which it was set. */
export class Agenda {
  readonly #events = new Timers<() => void>()
  nowMs = 0

  after(delayMs: number, event: () => void): void {
    this.#events.set(this.nowMs + delayMs, event)
  }

  runUntil(ms: number): void {
    for (let at = this.#events.next; at !== undefined && at <= ms; at = this.#events.next) {
      this.nowMs = at
      this.#events.due(at)?.()
    }
    this.nowMs = ms
  }
}

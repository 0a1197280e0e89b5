import type { Command } from '../core/index.js'
import type { Outcome } from '../state/index.js'
import { nameOf } from './checkers/violation.js'

export type Reply = (outcome: Outcome) => void

/** Commands of clients that a machine has taken in this life and not answered. */
export class Replies {
  readonly #open = new Map<string, Reply[]>()

  get size(): number {
    return this.#open.size
  }

  /** A client asks. Says whether that is news: otherwise it is answered together with whoever asked before. */
  wait(command: Command, reply: Reply): boolean {
    const name = nameOf(command)
    const waiting = this.#open.get(name)
    if (waiting === undefined) this.#open.set(name, [reply])
    else waiting.push(reply)
    return waiting === undefined
  }

  /** It was not taken: whoever asked will ask again. */
  drop(command: Command): void {
    this.#open.delete(nameOf(command))
  }

  answer(command: Command, outcome: Outcome): void {
    const name = nameOf(command)
    const replies = this.#open.get(name)
    this.#open.delete(name)
    for (const reply of replies ?? []) reply(outcome)
  }

  clear(): void {
    this.#open.clear()
  }
}

import type { Command } from '../core/index.js'
import type { Proposal } from '../state/index.js'

interface Waiter {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/** The own proposals of one life that were not answered yet, under the session they are proposed with. */
export class Pending {
  readonly #waiters = new Map<number, Waiter>()
  #sequence = 0

  constructor(readonly session: string) {}

  get size(): number {
    return this.#waiters.size
  }

  /** The command of a proposal, and the promise of its result; `launch` proposes it, and may throw. */
  open({ spans, payload }: Proposal, launch: (command: Command) => void): Promise<unknown> {
    const sequence = ++this.#sequence
    return new Promise((resolve, reject) => {
      this.#waiters.set(sequence, { resolve, reject })
      try {
        launch({ spans, payload, session: this.session, sequence })
      } catch (error) {
        this.#waiters.delete(sequence)
        reject(error)
      }
    })
  }

  /** The command was executed with this result: the first time counts. */
  executed({ session, sequence }: Command, result: unknown): void {
    if (session !== this.session) return
    this.#waiters.get(sequence)?.resolve(result)
    this.#waiters.delete(sequence)
  }

  /** The command was refused before it could be proposed, or the state machine threw when it was executed. */
  threw({ session, sequence }: Command, error: unknown): void {
    if (session !== this.session) return
    this.#waiters.get(sequence)?.reject(error)
    this.#waiters.delete(sequence)
  }

  failed(error: Error): void {
    for (const { reject } of this.#waiters.values()) reject(error)
    this.#waiters.clear()
  }
}

import type { Command, ReplicaId } from '../core/index.js'
import { MAX_ASKED, nameOf } from './outbox.js'

/** A member has no more than `MAX_ASKED` on their way: those that it asks another voter for meanwhile come on top. */
const MAX_PER_MEMBER = 2 * MAX_ASKED

/** What a voter has proposed for other members, until executed. What comes too much is not taken: it comes again. */
export class OnBehalf {
  readonly #askers = new Map<string, ReplicaId>()
  readonly #counts = new Map<ReplicaId, number>()

  /** Whether this one is to be proposed: it is not on its way already, nor too many of this member's. */
  isNew(from: ReplicaId, command: Command): boolean {
    return !this.#askers.has(nameOf(command)) && (this.#counts.get(from) ?? 0) < MAX_PER_MEMBER
  }

  proposed(from: ReplicaId, command: Command): void {
    this.#askers.set(nameOf(command), from)
    this.#counts.set(from, (this.#counts.get(from) ?? 0) + 1)
  }

  executed(command: Command): void {
    if (this.#askers.size === 0) return
    const name = nameOf(command)
    const from = this.#askers.get(name)
    if (from === undefined) return
    this.#askers.delete(name)
    const left = (this.#counts.get(from) as number) - 1
    if (left > 0) this.#counts.set(from, left)
    else this.#counts.delete(from)
  }

  /** This member gives them up: whoever has asked asks somebody else. */
  forget(): void {
    this.#askers.clear()
    this.#counts.clear()
  }
}

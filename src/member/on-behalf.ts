import { type Command, commandBytes, type ReplicaId } from '../core/index.js'
import { MAX_ASKED, nameOf } from './outbox.js'

/** A member has no more than `MAX_ASKED` on their way: those that it asks another voter for meanwhile come on top. */
const MAX_PER_MEMBER = 2 * MAX_ASKED

/** The largest command fits twice. */
const MAX_BYTES_PER_MEMBER: number = 16 << 20

interface Share {
  commands: number
  bytes: number
}

/** What a voter has proposed for other members, until executed. What comes too much is not taken: it comes again. */
export class OnBehalf {
  readonly #askers = new Map<string, ReplicaId>()
  readonly #shares = new Map<ReplicaId, Share>()

  /** Whether this one is to be proposed: it is not on its way already, nor too much of this member's. */
  isNew(from: ReplicaId, command: Command): boolean {
    const { commands, bytes } = this.#shares.get(from) ?? { commands: 0, bytes: 0 }
    return !this.#askers.has(nameOf(command)) && commands < MAX_PER_MEMBER && bytes < MAX_BYTES_PER_MEMBER
  }

  proposed(from: ReplicaId, command: Command): void {
    this.#askers.set(nameOf(command), from)
    const share = this.#shares.get(from) ?? { commands: 0, bytes: 0 }
    share.commands++
    share.bytes += commandBytes(command)
    this.#shares.set(from, share)
  }

  executed(command: Command): void {
    if (this.#askers.size === 0) return
    const name = nameOf(command)
    const from = this.#askers.get(name)
    if (from === undefined) return
    this.#askers.delete(name)
    const share = this.#shares.get(from) as Share
    share.commands--
    share.bytes -= commandBytes(command)
    if (share.commands === 0) this.#shares.delete(from)
  }

  /** This member gives them up: whoever has asked asks somebody else. */
  forget(): void {
    this.#askers.clear()
    this.#shares.clear()
  }
}

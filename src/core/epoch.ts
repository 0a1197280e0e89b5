import { ConflictIndex } from './conflicts.js'
import type { Instance } from './instance.js'
import type { Message } from './message.js'
import { Outbox } from './outbox.js'
import { type Quorums, quorumsOf } from './quorum.js'
import type { ReplicaId } from './record.js'
import type { Accepting, PreAccepting, Round } from './round.js'
import { Rows } from './rows.js'
import { Timers } from './timers.js'
import type { Tuning } from './tuning.js'

/** What a deadline is for. A round's deadlines are void once the instance has another round, or none. */
export type Deadline =
  | { readonly kind: 'repeat' | 'late' | 'restart'; readonly instance: Instance; readonly round: Round }
  | { readonly kind: 'pursue'; readonly instance: Instance }

/** A row being caught up with. */
export interface CatchUp {
  /** The slot asked. */
  readonly from: number
  readonly upTo: number
  /** The range asked for last, without its lower end, and when that was. */
  after: number
  to: number
  askedAtMs: number
}

/** One epoch at one of its voters: what all the rules of the protocol work on. */
export class Epoch {
  readonly quorums: Quorums
  readonly rows: Rows
  readonly conflicts: ConflictIndex
  readonly outbox: Outbox
  readonly timers: Timers<Deadline> = new Timers()
  /** Milliseconds, set by `tick`. */
  now = 0
  /** Until then this replica, having slept, catches up before it recovers anything. */
  awakeAt = 0
  /** Commits that may be told since the replica looked last: they go on to execution, and wake what waits for them. */
  readonly learned: Instance[] = []
  /** Per row, what is being fetched. */
  readonly catchUps: (CatchUp | undefined)[]
  /** When each voter was last heard of. */
  readonly heard: number[]
  /** The other voters' slots, nearest first. */
  nearest: readonly number[]
  readonly #everybody: ReadonlySet<number>

  constructor(
    readonly number: number,
    readonly voters: readonly ReplicaId[],
    /** The own slot. */
    readonly me: number,
    readonly random: () => number,
    readonly tuning: Tuning,
    loop: (message: Message) => void,
  ) {
    const n = voters.length
    this.quorums = quorumsOf(n)
    this.rows = new Rows(n)
    this.conflicts = new ConflictIndex(n)
    this.outbox = new Outbox(voters[me] as ReplicaId, number, loop)
    this.catchUps = new Array<undefined>(n).fill(undefined)
    this.heard = new Array<number>(n).fill(0)
    // Until told otherwise each voter prefers those after itself, so that the load is spread.
    this.nearest = Array.from({ length: n - 1 }, (_, i) => (me + 1 + i) % n)
    this.#everybody = new Set(voters.keys())
  }

  voter(slot: number): ReplicaId {
    return this.voters[slot] as ReplicaId
  }

  suspects(slot: number): boolean {
    return slot !== this.me && this.now - (this.heard[slot] as number) > this.tuning.suspectMs
  }

  /** Whom to ask first where `quorum` votes are needed, the own one among them (protocol §11). */
  toAsk(quorum: number): ReadonlySet<number> {
    if (!this.tuning.thrifty) return this.#everybody
    const alive = this.nearest.filter((slot) => !this.suspects(slot))
    return alive.length < quorum - 1 ? this.#everybody : new Set([this.me, ...alive.slice(0, quorum - 1)])
  }

  /** An answer is late: from now on everybody is asked, whoever was chosen first [K11]. Whether that is more than before. */
  widen(round: PreAccepting | Accepting): boolean {
    const more = round.asked.size < this.voters.length
    round.asked = this.#everybody
    return more
  }

  /** Sends to every other voter at once. */
  broadcast(message: Message): void {
    for (const voter of this.voters) if (voter !== this.outbox.self) this.outbox.send(voter, message)
  }

  /** The instance holds another value or other dependencies: they are looked up from now on, and become durable. */
  stored(instance: Instance): void {
    this.index(instance)
    this.outbox.touch(instance)
  }

  /** Everything ever stored for an instance is looked up, and never again forgotten (protocol §4). */
  index(instance: Instance): void {
    // The initial command, where another value is held: that is a no-op, which interferes with everything.
    if (instance.value !== undefined) this.conflicts.add(instance.id, instance.value)
    if (instance.deps !== undefined) this.rows.name(instance.deps)
    this.rows.stored(instance.id)
  }

  /** Starts leading the instance, and repeats what stays unanswered. */
  lead<R extends Round>(instance: Instance, round: R): R {
    instance.round = round
    this.timers.set(this.now + this.tuning.retransmitMs, { kind: 'repeat', instance, round })
    return round
  }
}

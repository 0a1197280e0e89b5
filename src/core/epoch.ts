import type { Value } from './command.js'
import type { Configuration } from './configuration.js'
import { ConflictIndex } from './conflicts.js'
import { Floors } from './floors.js'
import type { Instance } from './instance.js'
import type { Message } from './message.js'
import type { Outbox } from './outbox.js'
import { type Quorums, quorumsOf } from './quorum.js'
import type { Deps, ReplicaId } from './record.js'
import { type Accepting, nextDeadline, type PreAccepting, type Round } from './round.js'
import { Rows } from './rows.js'
import { allSlots, type Slots, slotsOf } from './slots.js'
import { Timers } from './timers.js'
import type { Tuning } from './tuning.js'

/** A row being caught up with. */
export interface CatchUp {
  /** Who is asked. */
  readonly from: ReplicaId
  readonly upTo: number
  /** The range asked for last, without its lower end, and when that was. */
  after: number
  to: number
  askedAtMs: number
}

/** What a member has said of how far it has got, and when. */
export interface Acknowledgement {
  readonly atMs: number
  readonly frontier: Deps
}

/** Of an observer a voter that it doesn't follow hears, and is heard, only so often. */
export const GOSSIPS_PER_GREETING = 4

/** Nobody who is there says nothing for so long. */
const SILENT_MS = 60_000

/** One epoch at one of its members: what all the rules of the protocol work on. */
export class Epoch {
  readonly number: number
  readonly voters: readonly ReplicaId[]
  /** The own slot; -1 for an observer. */
  readonly me: number
  readonly quorums: Quorums
  readonly rows: Rows
  readonly floors: Floors
  readonly conflicts: ConflictIndex
  /** Instances whose round, or pursuit, may have come to a deadline. */
  readonly timers: Timers<Instance> = new Timers()
  /** Milliseconds, set by `tick`. */
  now = 0
  /** Until then this replica, having slept, catches up before it recovers anything. */
  awakeAt = 0
  /** A voter that durably has the state at the start of this epoch: only then it votes (protocol §6). */
  voting = false
  /** The seal was executed here: this is the next epoch, and what is executed after it is void. */
  sealed: Configuration | undefined
  /** Commits that may be told since the replica looked last: they go on to execution, and wake what waits for them. */
  readonly learned: Instance[] = []
  /** Per row, what is being fetched. */
  readonly catchUps: (CatchUp | undefined)[]
  /** When each voter was last heard of. */
  readonly heard: number[]
  /** Slots of the voters known to have the state at the start of this epoch durably. */
  readonly reported: Set<number> = new Set()
  /** By member, voter or not. */
  readonly acknowledged: Map<ReplicaId, Acknowledgement> = new Map()
  /** Observers that are told every commit, and until when. */
  readonly feeds: Map<ReplicaId, number> = new Map()
  /** Commits that they were not told yet, and when they were told last. */
  readonly unfed: Instance[] = []
  fedAtMs = 0
  /** Bytes of commands that each member was told in answer to Fetch, since the last tick. */
  readonly answered: Map<ReplicaId, number> = new Map()
  /** Where only a snapshot helps: who has one, of what. */
  lost: { readonly from: ReplicaId; readonly configuration: Configuration } | undefined
  /** What can't be: then this replica must not go on. */
  doubt: string | undefined
  /** The other voters' slots, nearest first. */
  nearest: readonly number[]
  /** The slot of the voter that is followed, where this replica does not vote. */
  following = 0
  readonly #everybody: Slots

  constructor(
    readonly configuration: Configuration,
    readonly id: ReplicaId,
    readonly random: () => number,
    readonly tuning: Tuning,
    readonly outbox: Outbox,
  ) {
    const { number, voters } = configuration
    const n = voters.length
    this.number = number
    this.voters = voters
    this.me = voters.indexOf(id)
    this.quorums = quorumsOf(n)
    this.rows = new Rows(n)
    this.floors = new Floors(n)
    this.conflicts = new ConflictIndex(n)
    this.catchUps = new Array<undefined>(n).fill(undefined)
    this.heard = new Array<number>(n).fill(0)
    // Until told otherwise each voter prefers those after itself, and each observer some voter, so that the load is spread.
    const first = this.me < 0 ? Math.floor(random() * n) : this.me + 1
    this.nearest = Array.from({ length: this.me < 0 ? n : n - 1 }, (_, i) => (first + i) % n)
    this.following = this.nearest[0] ?? 0
    this.#everybody = allSlots(n)
  }

  voter(slot: number): ReplicaId {
    return this.voters[slot] as ReplicaId
  }

  suspects(slot: number): boolean {
    if (slot === this.me) return false
    const often = this.voting || slot === this.following
    const patienceMs = this.tuning.suspectMs * (often ? 1 : GOSSIPS_PER_GREETING)
    return this.now - (this.heard[slot] as number) > patienceMs
  }

  /** When a member was last heard of; undefined: never, in this epoch. */
  heardMs(id: ReplicaId): number | undefined {
    const slot = this.voters.indexOf(id)
    return slot < 0 ? this.acknowledged.get(id)?.atMs : this.heard[slot]
  }

  /** From now on voters are asked in this order; those not named come last. */
  prefer(order: readonly ReplicaId[]): void {
    const place = (slot: number): number => {
      const at = order.indexOf(this.voter(slot))
      return at < 0 ? order.length : at
    }
    this.nearest = [...this.nearest].sort((a, b) => place(a) - place(b))
  }

  /** Members come and go: what those have said that are gone for long counts for nothing. */
  forgetSilent(): void {
    for (const [id, { atMs }] of this.acknowledged) {
      if (this.now - atMs > SILENT_MS) this.acknowledged.delete(id)
    }
  }

  /** Whom to ask first where `quorum` votes are needed, the own one among them (protocol §11). */
  toAsk(quorum: number): Slots {
    if (!this.tuning.thrifty) return this.#everybody
    const alive = this.nearest.filter((slot) => !this.suspects(slot))
    return alive.length < quorum - 1 ? this.#everybody : slotsOf([this.me, ...alive.slice(0, quorum - 1)])
  }

  /** An answer is late: from now on everybody is asked, whoever was chosen first [K11]. Whether that is more than before. */
  widen(round: PreAccepting | Accepting): boolean {
    const more = round.asked !== this.#everybody
    round.asked = this.#everybody
    return more
  }

  /** Sends to every other voter at once. */
  broadcast(message: Message): void {
    for (const voter of this.voters) if (voter !== this.id) this.outbox.send(voter, message)
  }

  /** The instance holds this value: whatever is held for an instance is looked up, until the drop floor has passed it (protocol §4). */
  hold(instance: Instance, value: Value): void {
    if (instance.value === value) return
    instance.value = value
    if (this.me >= 0) this.conflicts.add(instance.id, value)
  }

  /** The instance has a value or dependencies that are new: they become durable. */
  stored(instance: Instance): void {
    this.known(instance)
    // Who doesn't vote may forget what it has learned; and before the state at the start is durable, nothing after it is.
    if (this.voting) this.outbox.touch(instance)
  }

  /** What the rows tell of it. */
  known(instance: Instance): void {
    if (instance.deps !== undefined) this.rows.name(instance.deps)
    this.rows.stored(instance.id)
  }

  /** Forgets everything up to this floor. */
  drop(floor: Deps): void {
    this.rows.drop(floor)
    this.conflicts.drop(floor)
  }

  /** Starts leading the instance, and repeats what stays unanswered. */
  lead<R extends Round>(instance: Instance, round: R): R {
    instance.round = round
    this.timers.set(nextDeadline(round), instance)
    return round
  }
}

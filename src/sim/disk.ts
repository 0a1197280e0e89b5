import type { ExecutedSet, InstanceRecord } from '../core/index.js'
import type { Agenda } from './agenda.js'
import type { Medium } from './bytes.js'
import { checkSuccession } from './checkers/ballots.js'
import type { Random } from './random.js'

/** What becomes durable together. */
interface Batch<Checkpoint> {
  readonly records: readonly InstanceRecord[]
  readonly checkpoint: Stored<Checkpoint> | undefined
  readonly failing: boolean
  readonly done: (failed: boolean) => void
}

/** The state of a machine, and which instances are in it. */
export interface Stored<Checkpoint> {
  readonly executed: ExecutedSet
  readonly chunks: readonly Uint8Array[]
  /** What the checkers know of that state. */
  readonly known: Checkpoint
}

/** A disk that survives its replica: batches become durable later, in order, and a crash loses those under way. */
export class Disk<Checkpoint> {
  readonly #durable: InstanceRecord[] = []
  /** Per row, the newest record of each instance. */
  readonly #newest: Map<number, InstanceRecord>[]
  /** Per row, the ballots of all values of an instance that were ever accepted. */
  readonly #votes: Map<number, Set<number>>[]
  #checkpoint: Stored<Checkpoint> | undefined
  #underWay: Batch<Checkpoint>[] = []
  /** A write has failed: until the power goes nothing else becomes durable. */
  #broken = false
  /** Batches lost in crashes. */
  lost = 0

  constructor(
    n: number,
    readonly agenda: Agenda,
    readonly random: Random,
    readonly medium: Medium,
  ) {
    this.#newest = Array.from({ length: n }, () => new Map())
    this.#votes = Array.from({ length: n }, () => new Map())
  }

  /** All that ever became durable, in order. */
  get records(): readonly InstanceRecord[] {
    return this.#durable
  }

  get checkpoint(): Stored<Checkpoint> | undefined {
    return this.#checkpoint
  }

  /** The durable record of an instance. */
  find(slot: number, number: number): InstanceRecord | undefined {
    return this.#newest[slot]?.get(number)
  }

  /** Whether a value of an instance was ever held as accepted at this ballot. */
  voted(slot: number, number: number, ballot: number): boolean {
    return this.#votes[slot]?.get(number)?.has(ballot) ?? false
  }

  /** @param done told once it is durable, or that it has failed: then it may be durable or not, and nothing after it is */
  write(batch: Batch<Checkpoint>, delayMs: number): void {
    if (this.#broken) return
    this.#underWay.push(batch)
    this.agenda.after(delayMs, () => {
      // All before it become durable with it, as in one log. Lost ones are in the list no more.
      for (let left = this.#underWay.indexOf(batch) + 1; left > 0 && this.#underWay.length > 0; left--) this.#complete()
    })
  }

  /** The power goes: what is under way is lost, except for some of the oldest that just made it. */
  crash(): void {
    const kept = this.random.below(this.#underWay.length + 1)
    for (const batch of this.#underWay.slice(0, kept)) this.#keep(batch)
    this.lost += this.#underWay.length - kept
    this.#underWay = []
    this.#broken = false
  }

  #complete(): void {
    const batch = this.#underWay.shift() as Batch<Checkpoint>
    if (batch.failing) {
      if (this.random.chance(0.5)) this.#keep(batch)
      this.#underWay = []
      this.#broken = true
    } else this.#keep(batch)
    batch.done(batch.failing)
  }

  #keep({ records, checkpoint }: Batch<Checkpoint>): void {
    for (const record of this.medium.records(records)) {
      const { slot, number } = record.instance
      const row = this.#newest[slot] as Map<number, InstanceRecord>
      checkSuccession(row.get(number), record)
      this.#durable.push(record)
      row.set(number, record)
      if (record.phase !== 'accepted') continue
      const votes = this.#votes[slot] as Map<number, Set<number>>
      votes.set(number, (votes.get(number) ?? new Set()).add(record.votedBallot))
    }
    if (checkpoint !== undefined) this.#checkpoint = checkpoint
  }
}

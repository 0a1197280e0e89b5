import type { Configuration, ExecutedSet, FloorRecord, InstanceRecord } from '../core/index.js'
import type { KeptProposal } from '../member/index.js'
import type { Agenda } from './agenda.js'
import type { Medium } from './bytes.js'
import { Ledger } from './ledger.js'
import type { Random } from './random.js'

/** What becomes durable together. */
export interface Batch {
  readonly records: readonly InstanceRecord[]
  readonly floor?: FloorRecord | undefined
  /** The records, with the floor, are all there is to remember: what was written before goes. */
  readonly compacted?: boolean
  readonly checkpoint?: Stored | undefined
  /** The checkpoint is the start of an epoch: it is kept as that beside later ones, and what was written before goes. */
  readonly cut?: boolean
  /** The last cut goes. */
  readonly dropCut?: boolean
  /** Proposals: each at the end of what is kept, or in place of what is kept under its id. And ids of those that go. */
  readonly put?: readonly KeptProposal[]
  readonly removed?: readonly string[]
}

/** The state of a machine, and which instances of which epoch are in it. */
export interface Stored {
  readonly configuration: Configuration
  readonly executed: ExecutedSet
  readonly chunks: readonly Uint8Array[]
}

/** Told what has become durable, and what went with it, before anybody else is. */
export type Kept = (batch: Batch, gone: readonly InstanceRecord[]) => void

interface Write {
  readonly batch: Batch
  readonly failing: boolean
  readonly done: (failed: boolean) => void
}

/** A disk that survives its replica: batches become durable later, in order, and a crash loses those under way. */
export class Disk {
  /** In the order in which they were written. */
  #records: InstanceRecord[] = []
  #floor: FloorRecord | undefined
  #checkpoint: Stored | undefined
  #cut: Stored | undefined
  readonly #proposals = new Map<string, KeptProposal>()
  readonly #ledgers = new Map<number, Ledger>()
  #underWay: Write[] = []
  /** A write has failed: until the power goes nothing else becomes durable. */
  #broken = false
  /** Batches lost in crashes. */
  lost = 0

  constructor(
    readonly agenda: Agenda,
    readonly random: Random,
    readonly medium: Medium,
    readonly kept: Kept,
  ) {}

  /** All that is there, in the order in which it became durable. */
  get records(): readonly InstanceRecord[] {
    return this.#records
  }

  get floor(): FloorRecord | undefined {
    return this.#floor
  }

  get checkpoint(): Stored | undefined {
    return this.#checkpoint
  }

  get cut(): Stored | undefined {
    return this.#cut
  }

  /** In the order in which they were put first. */
  get proposals(): readonly KeptProposal[] {
    return [...this.#proposals.values()]
  }

  ledger(epoch: number): Ledger {
    let ledger = this.#ledgers.get(epoch)
    if (ledger === undefined) {
      ledger = new Ledger()
      this.#ledgers.set(epoch, ledger)
    }
    return ledger
  }

  /**
   * @param failing it may become durable or not, and nothing after it does
   * @param done told once it is durable, or that it has failed
   */
  write(batch: Batch, delayMs: number, failing: boolean, done: (failed: boolean) => void): void {
    if (this.#broken) return
    const write = { batch, failing, done }
    this.#underWay.push(write)
    this.agenda.after(delayMs, () => {
      // All before it become durable with it, as in one log. Lost ones are in the list no more.
      for (let left = this.#underWay.indexOf(write) + 1; left > 0 && this.#underWay.length > 0; left--) this.#complete()
    })
  }

  /** Durable at once: nothing may be under way. */
  keep(batch: Batch): void {
    const { compacted, checkpoint, cut, dropCut, put = [], removed = [] } = batch
    const { records, floor } = this.medium.batch({ records: batch.records, floor: batch.floor })
    const before = this.#records
    const fresh = compacted || cut
    if (fresh) this.#records = []
    for (const record of records) {
      this.ledger(record.epoch).keep(record)
      this.#records.push(record)
    }
    this.#floor = floor ?? (cut ? undefined : this.#floor)
    this.#checkpoint = checkpoint ?? this.#checkpoint
    if (cut) this.#cut = checkpoint
    if (dropCut) this.#cut = undefined
    for (const proposal of put) this.#proposals.set(proposal.id, this.medium.proposal(proposal))
    for (const id of removed) this.#proposals.delete(id)
    this.kept(batch, fresh ? missing(before, records) : [])
  }

  /** The power goes: what is under way is lost, except for some of the oldest that just made it. */
  crash(): void {
    const kept = this.random.below(this.#underWay.length + 1)
    for (const { batch } of this.#underWay.slice(0, kept)) this.keep(batch)
    this.lost += this.#underWay.length - kept
    this.#underWay = []
    this.#broken = false
  }

  #complete(): void {
    const { batch, failing, done } = this.#underWay.shift() as Write
    if (failing) {
      if (this.random.chance(0.5)) this.keep(batch)
      this.#underWay = []
      this.#broken = true
    } else this.keep(batch)
    done(failing)
  }
}

const nameOf = ({ epoch, instance: { slot, number } }: InstanceRecord): string => `${epoch}:${slot}.${number}`

const missing = (before: readonly InstanceRecord[], after: readonly InstanceRecord[]): readonly InstanceRecord[] => {
  const left = new Set(after.map(nameOf))
  return before.filter((record) => !left.has(nameOf(record)))
}

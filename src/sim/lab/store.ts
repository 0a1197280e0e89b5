import type { Configuration, ExecutedSet, FloorRecord, InstanceRecord } from '../../core/index.js'

/** A state, and how far it goes. */
export interface Saved {
  readonly configuration: Configuration
  /** What of its epoch is in it; undefined: nothing, it is the state at the epoch's start. */
  readonly executed: ExecutedSet | undefined
  /** By key: who wrote it last. */
  readonly writers: ReadonlyMap<string, string>
  /** Instances executed in this epoch, and in those before. */
  readonly position: number
  readonly before: number
}

/** What becomes durable together. */
export interface Batch {
  readonly records: readonly InstanceRecord[]
  readonly floor: FloorRecord | undefined
  /** Records and floor are all that there is to remember. */
  readonly compacted: boolean
  readonly saved: Saved | undefined
}

/** What of one member outlives a crash. */
export class Store {
  /** In the order in which they were written. */
  records: InstanceRecord[] = []
  floor: FloorRecord | undefined
  saved: Saved | undefined
  /** The state at the start of the epoch: a voter that comes late begins with that [H18]. */
  start: Saved | undefined
  /** That of the records: members begin in the first one. */
  #epoch = 0

  keep({ records, floor, compacted, saved }: Batch): void {
    // With a new epoch what was written in the last one is of no use any more.
    const begins = saved !== undefined && saved.configuration.number !== this.#epoch
    this.#epoch = saved?.configuration.number ?? this.#epoch
    if (compacted || begins) this.records = []
    this.records.push(...records)
    this.floor = floor ?? (begins ? undefined : this.floor)
    if (begins) this.start = saved.executed === undefined ? saved : undefined
    this.saved = saved ?? this.saved
  }
}

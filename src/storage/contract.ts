import type { ReplicaId } from '../core/index.js'
import type { Membership, RecordBatch } from '../wire/index.js'

/** What a database holds when it is opened. */
export type Loaded =
  | { readonly fresh: true }
  | {
      readonly fresh: false
      /** How often a replica was started on this storage before, this start not included. */
      readonly starts: number
      readonly membership: Membership | undefined
      /**
       * In the order in which they were written: of two records of an instance the later holds.
       * Read once, in pieces; the iteration rejects with `StorageCorrupt` where a batch can't be trusted.
       */
      readonly batches: AsyncIterable<RecordBatch>
    }

/**
 * The durable memory of one replica. Every write is atomic and durable when its promise resolves, and
 * rejects with a `StorageError` otherwise; writes become durable in the order of the calls. After a
 * rejected write nothing more is accepted: the replica must stop voting.
 */
export interface Storage {
  /** Called once, before anything is written. Rejects with `StorageCorrupt` where what is held can't be trusted. */
  load(): Promise<Loaded>
  /** Counts this start, before anything else is written; `count` is one more than `starts` was. */
  writeStart(count: number): Promise<void>
  writeMembership(membership: Membership): Promise<void>
  write(batch: RecordBatch): Promise<void>
  /** Idempotent. Writes under way still finish. */
  close(): Promise<void>
}

/** Opens storages: `room` and `replica` name the database. */
export interface StorageFactory {
  /** False where nothing outlives the process: such a replica never comes back under its id. */
  readonly durable: boolean
  /** The replicas that have a storage for this room here, oldest first. */
  identities(room: string): Promise<readonly ReplicaId[]>
  open(room: string, replica: ReplicaId): Promise<Storage>
}

import type { ReplicaId } from '../core/index.js'
import type { Introduction, KnownLife } from '../member/index.js'
import type { Checkpoint, Membership, RecordBatch } from '../wire/index.js'

/** What a database holds when it is opened. */
export type Loaded =
  | { readonly fresh: true }
  | {
      readonly fresh: false
      /** The last start of a replica on this storage, and those before it. */
      readonly life: Introduction
      /** What was known of other replicas' starts; of this one's own, where others have refused it for another start. */
      readonly lives: readonly KnownLife[]
      readonly membership: Membership | undefined
      readonly checkpoint: Checkpoint | undefined
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
  /** Before anything else is written; see `nextLife`. */
  writeStart(life: Introduction): Promise<void>
  /** Replaces what was known of starts. */
  writeLives(lives: readonly KnownLife[]): Promise<void>
  writeMembership(membership: Membership): Promise<void>
  /** Replaces the last checkpoint: after a crash either the one or the other is there, whole. The bytes are those at the time of the call. */
  writeCheckpoint(checkpoint: Checkpoint): Promise<void>
  /** With `lives`, in the same transaction, it replaces what was known of starts. */
  write(batch: RecordBatch, lives?: readonly KnownLife[]): Promise<void>
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

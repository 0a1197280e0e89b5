import type { ReplicaId } from '../core/index.js'
import type { Introduction, KeptProposal, KnownLife } from '../member/index.js'
import type { Checkpoint, CheckpointHeader, RecordBatch } from '../wire/index.js'

/** What a database holds when it is opened. */
export type Loaded =
  | { readonly fresh: true }
  | {
      readonly fresh: false
      /** The last start of a replica on this storage, and those before it. */
      readonly life: Introduction
      /** What was known of other replicas' starts; of this one's own, where others have refused it for another start. */
      readonly lives: readonly KnownLife[]
      /** Of the newest checkpoint: the group, the epoch and how far it goes. Undefined: it never had any state. */
      readonly checkpoint: CheckpointHeader | undefined
      /** That checkpoint with its chunks. Read once. Rejects with `StorageCorrupt`. */
      readonly readCheckpoint: () => Promise<Checkpoint | undefined>
      /** The number of the last batch that was ever written; 0 for none. Never decreases, whatever is deleted. */
      readonly lastBatch: number
      /**
       * Those that are left, in the order in which they were written: of two records of an instance, and of two floors,
       * the later holds. Read once, in pieces; the iteration rejects with `StorageCorrupt` where a batch can't be trusted.
       */
      readonly batches: AsyncIterable<RecordBatch>
    }

/** What can be read still of what waits in a storage that can't be trusted. */
export interface Salvage {
  /** In order. */
  readonly proposals: readonly KeptProposal[]
  /** How many more there were; undefined: that can't be read either, and none can be found. */
  readonly lost: number | undefined
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
  /**
   * With `lives`, in the same transaction, it replaces what was known of starts. A batch that is `compacted` holds all
   * there is to remember: those before it are deleted in the same transaction.
   */
  write(batch: RecordBatch, lives?: readonly KnownLife[]): Promise<void>
  /**
   * Replaces the newest checkpoint: after a crash either the one or the other is there, whole. The bytes are those at
   * the time of the call. A `cut`, the start of an epoch, is also kept as that, beside later ones, until `dropCut` or the
   * next cut; and every batch before it is deleted in the same transaction.
   */
  writeCheckpoint(checkpoint: Checkpoint, cut: boolean): Promise<void>
  /** The last cut, for others to start from; undefined when there is none, or it was dropped. */
  readCut(): Promise<Checkpoint | undefined>
  /** Nobody needs the last cut any more. */
  dropCut(): Promise<void>
  /** What waits for its answer, in the order in which it was first put. Called once, after `load` and before `writeProposals`. */
  readProposals(): Promise<readonly KeptProposal[]>
  /**
   * Puts proposals at the end, or, where one of that id is there, in its place; and removes others by their ids. Atomic,
   * durable and in order, as every write.
   */
  writeProposals(put: readonly KeptProposal[], removed: readonly string[]): Promise<void>
  /** Instead of it, where this storage is given up since something in it can't be trusted; also after `load` has rejected. */
  salvageProposals(): Promise<Salvage>
  /** What `writeKeys` was given last; undefined: nothing. After `load`. Rejects with `StorageCorrupt`. */
  readKeys(): Promise<Uint8Array | undefined>
  /** The keys of this member and its group, as bytes that mean nothing to a storage: they replace those before. */
  writeKeys(keys: Uint8Array): Promise<void>
  /** Idempotent. Writes under way still finish. */
  close(): Promise<void>
}

/** How to ask for something that only one can have: at once or not at all, or until one gives up. */
export type HoldHow = { readonly ifAvailable: true } | { readonly signal: AbortSignal }

/** Opens storages: `room`, the group's id, and `replica` name the database. */
export interface StorageFactory {
  /** False where nothing outlives the process: such a replica never comes back under its id. */
  readonly durable: boolean
  /**
   * 32 hex digits that name the place where it stores: the browser profile, the machine; the same at every call. Where
   * nothing outlives the process, the process.
   */
  place(): Promise<string>
  /** The replicas that have a storage for this room here, oldest first. */
  identities(room: string): Promise<readonly ReplicaId[]>
  open(room: string, replica: ReplicaId): Promise<Storage>
  /**
   * What is stored for this replica can't be trusted: it is none of the `identities` any more, and what it holds is left
   * for people to look at, under its name. Idempotent. The storage is closed.
   */
  quarantine(room: string, replica: ReplicaId): Promise<void>
  /**
   * Resolves with what frees the name again, which nobody else who stores here has meanwhile, in this process or another;
   * undefined: it was not to be had. When the process ends, however it ends, the name is free. Storages of browsers have
   * none: there Web Locks do it.
   */
  hold?(name: string, how: HoldHow): Promise<(() => void) | undefined>
}

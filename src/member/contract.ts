import type {
  Command,
  Configuration,
  CoreEvent,
  Executable,
  ExecutedSet,
  FloorRecord,
  GroupId,
  InstanceRecord,
  ReplicaId,
  Status,
  Tuning,
} from '../core/index.js'
import type { ExactlyOnce, Outcome } from '../state/index.js'
import type { Diverged } from './divergence.js'
import type { KeptSnapshot } from './encoding.js'
import type { MemberEnvelope, Standing } from './message.js'
import type { Policy } from './policy.js'

export interface MemberOptions {
  readonly id: ReplicaId
  readonly group: GroupId
  /** Its own; `ageMs` as it is at the start. */
  readonly standing: Standing
  /** The epoch of the state that `machine` holds; undefined: it holds none yet, and this member joins. */
  readonly configuration: Configuration | undefined
  /** What earlier lives have written in that epoch, in that order, and the newest floor. */
  readonly records?: Iterable<InstanceRecord>
  readonly floor?: FloorRecord
  /** What of that epoch `machine` contains; default: nothing, it is the start. */
  readonly executed?: ExecutedSet
  /** The stored start of that epoch, where there is one, for others to get. */
  readonly cut?: KeptSnapshot
  /** Restored. From now on only this member touches it. */
  readonly machine: ExactlyOnce
  /** False where nothing outlives the process: then nothing is handed out to be written, and "durable" means in memory. */
  readonly durable: boolean
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly tuning?: Partial<Tuning>
  /** Commands executed between two checkpoints, at least; `CHECKPOINT_COMMANDS` unless given, tests take few. */
  readonly checkpointAfter?: number
  /** Undefined: nobody is ever sealed in or out by this member. */
  readonly policy: Policy | undefined
}

/** A state to be written down, with all that it takes to go on from it. */
export interface MemberCheckpoint {
  readonly configuration: Configuration
  readonly executed: ExecutedSet
  readonly chunks: readonly Uint8Array[]
}

/** What was applied to the state machine, and what it came to: in order, one for each command; none for a sweep or a seal. */
export interface Applied {
  readonly epoch: number
  readonly executable: Executable
  readonly outcomes: readonly { readonly command: Command; readonly outcome: Outcome }[]
}

export type MemberEvent =
  /** From now on it is in this epoch. */
  | { readonly kind: 'epoch'; readonly configuration: Configuration }
  /** A snapshot has come from there, and taken the place of the state. `resumed`: parts of it in an earlier attempt. */
  | {
      readonly kind: 'installed'
      readonly from: ReplicaId
      readonly configuration: Configuration
      readonly executed: ExecutedSet
      readonly bytes: number
      readonly resumed: boolean
    }
  /** A member that has executed the same holds another state; told again when more is known of it. */
  | ({ readonly kind: 'diverged' } & Diverged)

/**
 * One round of work for the host. In this order: `messages` may leave at once; what is to be written is given to the
 * storage, everything in the order in which it is handed out; once it is durable `written(ready)` is called, and
 * `messagesAfterWrite` may leave. Several may be outstanding: `written` comes in their order, also for one with nothing
 * to write. A member that is not `durable` has nothing written: `written` is called at once.
 */
export interface MemberReady {
  /** 1, 2, 3 … */
  readonly sequence: number
  /** One atomic batch, as in core's `Ready`. */
  readonly records: readonly InstanceRecord[]
  readonly floor: FloorRecord | undefined
  readonly compacted: boolean
  /** Takes the place of all that is stored; it is durable before `written`. A ready with a cut has no records. */
  readonly cut: MemberCheckpoint | undefined
  /** Nobody needs the stored cut as such any more. After `cut`, where both are there. */
  readonly dropCut: boolean
  /** Given to the storage after the records, before anything of the next ready. `written` does not wait for it: `checkpointWritten` tells. */
  readonly checkpoint: MemberCheckpoint | undefined
  readonly messages: readonly MemberEnvelope[]
  readonly messagesAfterWrite: readonly MemberEnvelope[]
  /** Something waits for `written`; otherwise the records may be written together with those of the next ready that is awaited. */
  readonly awaited: boolean
  /** It is applied already, in this order. */
  readonly executed: readonly Applied[]
  readonly events: readonly (CoreEvent | MemberEvent)[]
}

export interface MemberStatus {
  /** Retired: it was asked to leave, and may go. */
  readonly role: 'joining' | 'voter' | 'observer' | 'retired' | 'stopped'
  /** Why it is as it is, where that is not well. */
  readonly reason: string | undefined
  readonly configuration: Configuration | undefined
  /** Undefined while it has no state. */
  readonly replica: Status | undefined
  /** The voter that tells it every commit, where it does not vote. */
  readonly following: ReplicaId | undefined
  /** How many of the members that are there now may be lost, one after the other, with the room still going on. */
  readonly survives: number
  readonly quorum: 'fast' | 'slow' | 'none'
  /** Own commands not executed yet. */
  readonly pending: number
  /** Of the snapshot that is on its way, in bytes. */
  readonly snapshot: { readonly done: number; readonly bytes: number } | undefined
  /** What the policy said last, and what stood against it, if anything did. */
  readonly decision: string | undefined
  /** Members that have executed the same and hold another state: at most 16. */
  readonly diverged: readonly Diverged[]
  /** It was asked to leave, and nobody needs it any more. */
  readonly left: boolean
}

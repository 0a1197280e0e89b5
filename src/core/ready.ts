import type { Proposed, Seal, Value } from './command.js'
import type { CommitPath } from './instance.js'
import type { Envelope } from './message.js'
import type { FloorRecord, InstanceId, InstanceRecord } from './record.js'

/**
 * One round of work for the host (protocol §6). In this order:
 * `messages` may leave at once; `records` become durable, all or none; then `written(ready)` is called and
 * `messagesAfterWrite` may leave. Several readies may be outstanding: their writes become durable, and
 * `written` comes, in the order in which they were handed out, also for one without records.
 */
export interface Ready {
  /** 1, 2, 3 … */
  readonly sequence: number
  readonly records: readonly InstanceRecord[]
  /** Becomes durable with the records. */
  readonly floor: FloorRecord | undefined
  /** The records are all that there is to remember, with `floor`: whatever was written before may go, in the same batch. */
  readonly compacted: boolean
  readonly messages: readonly Envelope[]
  readonly messagesAfterWrite: readonly Envelope[]
  /**
   * Something waits for `written`: an answer, an own vote, an own commit. Otherwise there is no hurry: the records may be
   * written together with those of the next ready that is awaited.
   */
  readonly awaited: boolean
  /** To be applied to the state machine in this order, then told with `applied`. */
  readonly executable: readonly Executable[]
  readonly events: readonly CoreEvent[]
}

export interface Executable {
  readonly instance: InstanceId
  /**
   * Its commands, one after the other; or a sweep; or the seal that ends the epoch: nothing comes after it until the
   * replica was told to `enter` the next one. No-ops, and what the seal has made void, are not handed out.
   */
  readonly value: Proposed
}

/** Which case of protocol §5 a recovery step was decided by. */
export type RecoveryRule =
  /** Step 3, by the answers of Q: committed at one; accepted at one; the initial coordinator is among them; … */
  | 'committed'
  | 'accepted'
  | 'coordinator'
  /** … too few hold it unchanged for a fast commit: a no-op; or else it may have been committed fast: Validate. */
  | 'too-few'
  | 'validate'
  /** Step 5: nothing speaks against it; a committed conflict does; |R| = |Q| − e with a conflict's coordinator outside Q. */
  | 'unopposed'
  | 'opposed'
  | 'tight'
  /** Step 5, neither: the recovery waits for its conflicts, … */
  | 'waiting'
  /** … until one is committed without this one among its dependencies, or all are no-ops or cover it, … */
  | 'overtaken'
  | 'covered'
  /** … or one waits itself, with so many voters that this one can't have been fast, … */
  | 'rival'
  /** … or a voter outside Q answers late. */
  | 'late-committed'
  | 'late-accepted'
  | 'late-coordinator'

export type CoreEvent =
  /** An instance is committed, and that may be told. Once per instance and life. */
  | { readonly kind: 'committed'; readonly instance: InstanceId; readonly path: CommitPath; readonly value: Value }
  /** An own proposal's instance ended as a no-op: it was not executed, and goes on as `to` [H9]. */
  | { readonly kind: 'proposed-again'; readonly from: InstanceId; readonly to: InstanceId }
  /** A recovery led here has come to a decision (protocol §5). */
  | { readonly kind: 'recovery'; readonly instance: InstanceId; readonly rule: RecoveryRule }
  /** Of an ended epoch, not executed in it, and this replica votes no more: somebody else has to propose it [H25]. */
  | { readonly kind: 'unproposed'; readonly values: readonly Exclude<Proposed, Seal>[] }
  /** A peer says that an instance was committed otherwise than known here: the first one stands [H4]. Some replica is broken. */
  | { readonly kind: 'disagreement'; readonly instance: InstanceId }

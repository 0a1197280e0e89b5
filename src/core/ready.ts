import type { Value } from './command.js'
import type { CommitPath } from './instance.js'
import type { Envelope } from './message.js'
import type { InstanceId, InstanceRecord } from './record.js'

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
  readonly messages: readonly Envelope[]
  readonly messagesAfterWrite: readonly Envelope[]
  /** To be applied to the state machine in this order, then told with `applied`. */
  readonly executable: readonly Executable[]
  readonly events: readonly CoreEvent[]
}

export interface Executable {
  readonly instance: InstanceId
  /** Its commands, one after the other. No-ops are not handed out. */
  readonly value: Extract<Value, { kind: 'commands' }>
}

export type CoreEvent =
  /** An instance is committed, and that may be told. Once per instance and life. */
  | { readonly kind: 'committed'; readonly instance: InstanceId; readonly path: CommitPath; readonly value: Value }
  /** An own proposal's instance ended as a no-op: it was not executed, and goes on as `to` [H9]. */
  | { readonly kind: 'proposed-again'; readonly from: InstanceId; readonly to: InstanceId }
  /** A peer says that an instance was committed otherwise than known here: the first one stands [H4]. Some replica is broken. */
  | { readonly kind: 'disagreement'; readonly instance: InstanceId }

import type { Command, Span } from '../core/index.js'

/**
 * What executed commands do. `apply` is called once for each, in an order in which commands that interfere are
 * the same everywhere; commands that don't may come in another order on another replica. So its result and
 * effect may depend only on the command and on the keys that the command's spans cover. What it throws, which it
 * then does everywhere, rejects the proposal's promise; what it had changed by then stays changed.
 */
export interface StateMachine {
  /** The result is what the proposer is answered. */
  apply(command: Command): unknown
}

/** What an application proposes: the rest of a command is added on the way. */
export interface Proposal {
  /** All keys that executing it looks at or changes. */
  readonly spans: readonly Span[]
  /** The state machine's own encoding. */
  readonly payload: Uint8Array
}

/** Resolves with the result of executing the proposal here; rejects when that can't be told any more. */
export type Propose = (proposal: Proposal) => Promise<unknown>

/** A kind of replicated state: made once per replica, with what the application uses it by. */
export interface StateDefinition<Api> {
  create(propose: Propose): { readonly machine: StateMachine; readonly api: Api }
}

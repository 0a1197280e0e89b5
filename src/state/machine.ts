import type { Command, Span } from '../core/index.js'
import type { Json } from './json.js'

/**
 * What executed commands do. `apply` is called once for each, in an order in which commands that interfere are
 * the same everywhere; commands that don't may come in another order on another replica. So its result and
 * effect may depend only on the command and on the keys that the command's spans cover. What it throws, which it
 * then does everywhere, rejects the proposal's promise; what it had changed by then stays changed.
 */
export interface StateMachine {
  /** The result is what the proposer is answered. It is kept for retries, written down, and frozen. */
  apply(command: Command): Json | undefined
  /** The state as it is now, in pieces of any size; taken synchronously. Equal states should give equal pieces. */
  snapshot(): Iterable<Uint8Array>
  /**
   * Takes back the pieces of a snapshot, as they were, before anything was applied.
   * @throws InvalidSnapshot for pieces that no `snapshot` made; then this machine is not used any more
   */
  restore(pieces: Iterable<Uint8Array>): void
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

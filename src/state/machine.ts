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
  /**
   * The state as it is now, in pieces of any size. What it iterates over is frozen at the time of the call, cheaply;
   * the pieces are made as they are asked for, while commands go on being applied. Equal states give equal pieces.
   * Gone through once. (A generator method alone freezes nothing: its body begins when the first piece is asked for.)
   */
  snapshot(): Iterable<Uint8Array>
  /**
   * Takes the pieces of a snapshot, as they were, in place of the present state.
   * @param version of the state that they are of; the machine goes on as that version
   * @throws InvalidSnapshot for pieces that no `snapshot` made: nothing has changed then
   */
  restore(pieces: Iterable<Uint8Array>, version: number): void
  /**
   * Goes on as a later version of itself: converts the state, the same way at every replica, and from now on applies
   * commands as that version does. Called at the start of an epoch. Needed where the definition's `versions` differ.
   */
  migrate?(version: number): void
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
  /** The versions of this state that the code can execute, lowest and highest: [1, 1] to begin with. */
  readonly versions: readonly [number, number]
  /** Its machine begins empty, as the highest version. */
  create(propose: Propose): { readonly machine: StateMachine; readonly api: Api }
}

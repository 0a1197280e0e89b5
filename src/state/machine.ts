import type { Span } from '../core/index.js'
import type { Json } from './json.js'
import type { Reading } from './mutator.js'

/**
 * What executed commands do. `apply` is called once for each, in an order in which commands that interfere are
 * the same everywhere; commands that don't may come in another order on another replica. So its result and
 * effect may depend only on the command and on the keys that the command's spans cover. What it throws, which it
 * then does everywhere, rejects the proposal's promise: it must have changed nothing by then.
 */
export interface StateMachine<Value = unknown> {
  /** What applications see: immutable, and the same object until something has changed. Made cheaply. */
  readonly value: Value
  /** The result is what the proposer is answered. It is kept for retries, written down, and frozen. */
  apply(command: Proposal): Json | undefined
  /** What these spans cover, as it is now; to be used at once. Asked for anything else it throws `UndeclaredKey`. */
  reading(spans: readonly Span[]): Reading
  /**
   * Another machine with the same state, in next to no time: what either of the two does is not seen by the other. For
   * what is shown before it is executed.
   */
  fork(): StateMachine<Value>
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
  /** What `apply` would return, or throw, now. Nothing changes. Without it, a fork is made for that. */
  tryOut?(proposal: Proposal): Json | undefined
  /** What replicas compare where they have executed the same. In constant time but for `parts`. */
  digest?(): Digest
  /** From now on the digest's `parts` count anew: called where every replica holds the same state, at a sweep or a seal. */
  restartDigest?(): void
}

/** Equal where states are equal; otherwise it nearly always differs. */
export interface Digest {
  /** Of the whole state: an unsigned 32-bit number. */
  readonly state: number
  /**
   * What each kind of command, by its name, has come to since the last `restartDigest`, as unsigned 32-bit numbers, in
   * whatever order they came: where states differ, these are the kinds that did it. Sorted by name.
   */
  readonly parts: readonly (readonly [name: string, digest: number])[]
}

/** What an application proposes: the rest of a command is added on the way. */
export interface Proposal {
  /** All keys that executing it looks at or changes. */
  readonly spans: readonly Span[]
  /** The state machine's own encoding. */
  readonly payload: Uint8Array
}

/** What there is to know of a proposal that is being made. */
export interface Circumstances {
  /** Milliseconds since 1970, as the proposer's clock says. */
  readonly now: number
  /** An unsigned 32-bit random number. */
  readonly seed: number
  /** Who proposes, as the room's options say. */
  readonly author: string
}

/** What calls of a state are made through. */
export interface Caller {
  /**
   * Proposes what `make` returns: its promise resolves with the result of executing it here. What `make` throws rejects it.
   * @param name of what is called, for people
   * @param args as they were given, for people
   */
  propose(name: string, args: unknown, make: (circumstances: Circumstances) => Proposal): Mutation<unknown>
}

/**
 * How far a proposal has come. `local`: it shows here, and nobody else knows. `committed`: its place in the order is
 * settled, all will execute it. `executed`: it has been, here. `failed`: it changes nothing, nowhere; or, with an
 * `OutcomeUnknown`, this room can't tell.
 */
export type Stage = 'local' | 'committed' | 'executed' | 'failed'

/** Something that was called, on its way: the promise of its result, once it is executed here. */
export interface Mutation<R> extends Promise<R> {
  /** Random: 32 lower-case hex digits. The same after the room was closed and opened again. */
  readonly id: string
  /** Of the mutator; dotted where it is one of a part. */
  readonly name: string
  readonly args: unknown
  readonly stage: Stage
  /** Resolves once it is kept durably: closing the page loses it no more. At once where nothing is durable. */
  readonly local: Promise<void>
  /** Resolves once its place in the order is settled: all members will execute it. */
  readonly committed: Promise<void>
  /** Calls back after `stage` has changed. */
  subscribe(listener: (stage: Stage) => void): () => void
}

/** A kind of replicated state, and what the application changes it by. */
export interface StateDefinition<Calls = unknown, Value = unknown> {
  /** The versions of this state that the code can execute, lowest and highest: [1, 1] to begin with. */
  readonly versions: readonly [number, number]
  /** A machine that is empty, as the highest version. */
  create(): StateMachine<Value>
  /** What an application calls. */
  calls(caller: Caller): Calls
  /** The name and arguments of a proposal, as `Caller.propose` was told them; for those of an earlier life. */
  describe(payload: Uint8Array): { readonly name: string; readonly args: unknown }
}

/** Any kind of state. */
// biome-ignore lint/suspicious/noExplicitAny: of what calls and value are nothing is known, nor needed
export type AnyState = StateDefinition<any, any>
export type CallsOf<S extends AnyState> = S extends StateDefinition<infer Calls, unknown> ? Calls : never
export type ValueOf<S extends AnyState> = S extends StateDefinition<unknown, infer Value> ? Value : never

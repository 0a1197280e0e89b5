import type { Span } from '../core/index.js'
import type { Json, Plain } from './json.js'
import type { StandardSchema } from './standard-schema.js'

/** A stretch of keys: `[from, to)`; all before `to` without `from`, all behind `from` without `to`. */
export interface KeyRange {
  readonly from?: string
  readonly to?: string
}

export interface ScanOptions extends KeyRange {
  /** From the last key to the first. */
  readonly reverse?: boolean
}

/** A state under keys, as it is at one moment. Keys are ordered by UTF-16 code units, as `<` orders strings. */
export interface Reading {
  /** Frozen. The type is the caller's word: nothing checks it. */
  get<T extends Plain<T> = Json>(key: string): T | undefined
  has(key: string): boolean
  /**
   * The keys of the range with their values, in order, as they are at this call; lazily, so that leaving early costs no
   * more. Can be gone through again.
   */
  scan<T extends Plain<T> = Json>(range?: ScanOptions): Iterable<readonly [key: string, value: T]>
}

/** All of a state, immutable. */
export interface View extends Reading {
  readonly size: number
}

/** A state that can be changed. */
export interface Writing extends Reading {
  /** Keeps a frozen copy. @throws TypeError for what JSON can't hold; properties that are undefined are left out */
  set<T extends Plain<T>>(key: string, value: T): void
  /** Whether there was something to delete. */
  delete(key: string): boolean
}

/**
 * What a mutator works with. Each key must be covered by what it has declared in `touches`: else the call throws
 * `UndeclaredKey`, and the mutator changes nothing, even where it catches that.
 */
export interface Tx extends Writing {
  /** Milliseconds since 1970 on the proposer's clock when it was called: the same on every replica. Clocks may be wrong. */
  readonly now: number
  /** Uniform in [0, 1): the same numbers on every replica. Anybody can foresee them. */
  random(): number
  /** Who has called, as their room's options say: other members take their word for it. */
  readonly author: string
  /** The version of the state that the group executes now. */
  readonly version: number
}

/** What a mutator may return. */
// biome-ignore lint/suspicious/noConfusingVoidType: what a `run` without a return returns
export type Result = Json | undefined | void

/** One way to change a state, or to look at it in its place in the order. Deterministic, synchronous. */
export interface Mutator<Args, R, Input = Args> {
  /** What the arguments are checked by, before anything is proposed, and on every replica. Synchronous, deterministic. */
  readonly args?: StandardSchema<Input, Args>
  /**
   * The version of the state that it came with; default: the lowest. While the group executes an earlier one, it is refused,
   * as programs that don't know it refuse it.
   */
  readonly since?: number
  /**
   * Every key that `run` may look at or change, from the arguments alone. Fewer, and narrower, let more happen at once.
   * Without a schema, it is here that the type of the arguments is said: `(args: { seat: number }) => …`.
   */
  readonly touches: (args: Args) => readonly Span[]
  /**
   * Where it throws, or returns `{ ok: false, … }` (see `refuse`), nothing has changed. It depends on nothing but `tx` and
   * `args`: no clock, no chance, no globals.
   */
  readonly run: (tx: Tx, args: NoInfer<Args>) => R
}

// biome-ignore lint/suspicious/noExplicitAny: any arguments and any result
export type AnyMutator = Mutator<any, any, any>
export type Mutators = { readonly [name: string]: AnyMutator }

/** Mutators under a name of their own, with whatever else belongs to them: `counter('hits')` is one. */
export interface Part<M extends Mutators = Mutators> {
  readonly mutators: M
}

/** The expected "no": a result, not an error. The mutator that returns it changes nothing. */
export const refuse = <
  const R extends string,
  const D extends { readonly [name: string]: Json } = Record<never, never>,
>(
  reason: R,
  detail?: D,
): { readonly ok: false; readonly reason: R } & D => ({ ...(detail as D), ok: false, reason })

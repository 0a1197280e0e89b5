import { type Configuration, sameConfiguration } from './configuration.js'

/** What replicas agree on: commands over spans of a key space, and the values an instance can hold. */

/** One key that a command touches. Keys are ordered by UTF-16 code units, as `<` orders strings. */
export interface KeySpan {
  readonly kind: 'key'
  readonly write: boolean
  readonly key: string
}

/** A half-open stretch `[from, to)` of keys that a command touches; `to` undefined: up to the last key. */
export interface RangeSpan {
  readonly kind: 'range'
  readonly write: boolean
  readonly from: string
  readonly to: string | undefined
}

export type Span = KeySpan | RangeSpan

/** The spans of a command that only looks at `key`. */
export const read = (key: string): KeySpan => ({ kind: 'key', write: false, key })
/** The span of a command that may change `key`. */
export const write = (key: string): KeySpan => ({ kind: 'key', write: true, key })
/** The span of a command that looks at every key in `[from, to)`. */
export const readRange = (from: string, to?: string): RangeSpan => ({ kind: 'range', write: false, from, to })
/** The span of a command that may change any key in `[from, to)`. */
export const writeRange = (from: string, to?: string): RangeSpan => ({ kind: 'range', write: true, from, to })

/** One application proposal. Immutable; its bytes are never changed after it was proposed. */
export interface Command {
  /** What it touches. Without spans it interferes with nothing but no-ops. */
  readonly spans: readonly Span[]
  /** Opaque to consensus; the state machine's own encoding. */
  readonly payload: Uint8Array
  /** The proposing client: 32 lower-case hex digits, see `sessionId` of the state room. */
  readonly session: string
  /** The client's own count of its commands: 1, 2, 3 … */
  readonly sequence: number
  /** The client had the answers of all its commands up to this one when it first proposed this; below `sequence`. */
  readonly acknowledged: number
  /**
   * Earlier ones of the same session that write, ascending, which it must not overtake: it interferes with each of them,
   * and where one of them has not been executed, this is not either. At most `MAX_AFTER`.
   */
  readonly after: readonly number[]
}

/** A client waits with what would have to wait for more. */
export const MAX_AFTER = 8

/** Commands that share one instance: they are executed one after the other, in this order. */
export interface Batch {
  readonly kind: 'commands'
  readonly commands: readonly Command[]
}

/** Shrinks the session table (protocol §10). It travels alone and interferes with everything, so that it has one place in every order. */
export interface Sweep {
  readonly kind: 'sweep'
  /** Opaque to consensus, see `Sessions` of the state room. */
  readonly payload: Uint8Array
}

/** Ends an epoch and says what the next one is (protocol §9). It travels alone and interferes with everything. */
export interface Seal {
  readonly kind: 'seal'
  /** Of the epoch that comes after the one that it ends. */
  readonly next: Configuration
}

/** What a replica proposes as one instance. */
export type Proposed = Batch | Sweep | Seal

/** What recovery chooses where nothing can have been committed. It interferes with everything [H2]. */
export interface Noop {
  readonly kind: 'noop'
}

export type Value = Proposed | Noop

export const NOOP: Noop = Object.freeze({ kind: 'noop' })

const overlap = (a: Span, b: Span): boolean => {
  if (a.kind === 'key') {
    return b.kind === 'key' ? a.key === b.key : contains(b, a.key)
  }
  if (b.kind === 'key') return contains(a, b.key)
  return (b.to === undefined || a.from < b.to) && (a.to === undefined || b.from < a.to)
}

const contains = (range: RangeSpan, key: string): boolean =>
  range.from <= key && (range.to === undefined || key < range.to)

/** Two spans interfere when they overlap and one of the two writes. */
export const spansInterfere = (a: Span, b: Span): boolean => (a.write || b.write) && overlap(a, b)

/** Two commands interfere when any of their spans do. */
export const commandsInterfere = (a: Command, b: Command): boolean =>
  a.spans.some((x) => b.spans.some((y) => spansInterfere(x, y)))

/** Two values interfere when any of their commands do; a no-op, a sweep and a seal interfere with everything [H2]. */
export const valuesInterfere = (a: Value, b: Value): boolean =>
  a.kind !== 'commands' ||
  b.kind !== 'commands' ||
  a.commands.some((x) => b.commands.some((y) => commandsInterfere(x, y)))

/** The same commands in the same order, to the last byte; or the same sweep, or both a no-op. */
export const valuesEqual = (a: Value, b: Value): boolean => {
  if (a === b) return true
  if (a.kind === 'commands') return b.kind === 'commands' && equalLists(a.commands, b.commands, sameCommand)
  if (a.kind === 'sweep') return b.kind === 'sweep' && sameBytes(a.payload, b.payload)
  if (a.kind === 'seal') return b.kind === 'seal' && sameConfiguration(a.next, b.next)
  return b.kind === 'noop'
}

const sameCommand = (a: Command, b: Command): boolean =>
  a === b ||
  (a.session === b.session &&
    a.sequence === b.sequence &&
    a.acknowledged === b.acknowledged &&
    equalLists(a.after, b.after, (x, y) => x === y) &&
    equalLists(a.spans, b.spans, sameSpan) &&
    sameBytes(a.payload, b.payload))

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => equalLists(a, b, (x, y) => x === y)

const sameSpan = (a: Span, b: Span): boolean => {
  if (a.write !== b.write) return false
  if (a.kind === 'key') return b.kind === 'key' && a.key === b.key
  return b.kind === 'range' && a.from === b.from && a.to === b.to
}

const equalLists = <T>(a: ArrayLike<T>, b: ArrayLike<T>, same: (x: T, y: T) => boolean): boolean => {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (!same(a[i] as T, b[i] as T)) return false
  return true
}

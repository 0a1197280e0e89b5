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
  /** The proposing client: 32 lower-case hex digits, random. */
  readonly session: string
  /** The client's own count of its commands: 1, 2, 3 … */
  readonly sequence: number
}

/** Commands that share one instance: they are executed one after the other, in this order. */
export interface Batch {
  readonly kind: 'commands'
  readonly commands: readonly Command[]
}

/** What recovery chooses where nothing can have been committed. It interferes with everything [H2]. */
export interface Noop {
  readonly kind: 'noop'
}

export type Value = Batch | Noop

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

/** Two values interfere when any of their commands do; a no-op interferes with everything [H2]. */
export const valuesInterfere = (a: Value, b: Value): boolean =>
  a.kind === 'noop' || b.kind === 'noop' || a.commands.some((x) => b.commands.some((y) => commandsInterfere(x, y)))

/** The same commands in the same order, to the last byte; or both a no-op. */
export const valuesEqual = (a: Value, b: Value): boolean => {
  if (a === b) return true
  if (a.kind === 'noop' || b.kind === 'noop') return a.kind === b.kind
  return equalLists(a.commands, b.commands, sameCommand)
}

const sameCommand = (a: Command, b: Command): boolean =>
  a === b ||
  (a.session === b.session &&
    a.sequence === b.sequence &&
    equalLists(a.spans, b.spans, sameSpan) &&
    equalLists(a.payload, b.payload, (x, y) => x === y))

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

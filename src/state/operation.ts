import { type Command, MAX_SPANS_PER_COMMAND, read, readRange, type Span, write, writeRange } from '../core/index.js'
import { decodeJson, type Json } from './json.js'

/** What a command does to a map, one thing. */
export type Operation =
  | readonly ['get', string]
  | readonly ['set', string, Json]
  | readonly ['delete', string]
  /** Key, expected, wanted: a list of one, or of none for "not there". */
  | readonly ['compare-and-set', string, readonly Json[], readonly Json[]]
  | readonly ['add', string, number]
  /** From, and up to but not including; null: up to the last key. */
  | readonly ['scan' | 'clear', string, string | null]

/** What the payload of a command holds, as JSON: one operation, or several to be done with nothing in between. */
export type Operations = Operation | readonly ['all', ...Operation[]]

/** What doing it looks at or changes. */
export const spanOf = (operation: Operation): Span => {
  switch (operation[0]) {
    case 'get':
      return read(operation[1])
    case 'scan':
      return readRange(operation[1], operation[2] ?? undefined)
    case 'clear':
      return writeRange(operation[1], operation[2] ?? undefined)
    default:
      return write(operation[1])
  }
}

/** What a command does; undefined where a peer has sent something else, or spans that don't cover what it does. */
export const operationsOf = ({ spans, payload }: Command): Operations | undefined => {
  const raw = decodeJson(payload)
  if (!Array.isArray(raw)) return undefined
  if (raw[0] !== 'all') {
    const operation = shaped(raw)
    return operation && covered(spans, operation) ? operation : undefined
  }
  // Each has a span of its own when a map proposes them.
  if (raw.length > 1 + MAX_SPANS_PER_COMMAND) return undefined
  const operations = raw.slice(1).map(shaped)
  const complete = operations.every((operation) => operation !== undefined && covered(spans, operation))
  return complete ? ['all', ...(operations as Operation[])] : undefined
}

const shaped = (raw: Json): Operation | undefined => {
  if (!Array.isArray(raw)) return undefined
  const [name, key, a, b] = raw as readonly Json[]
  if (typeof key !== 'string') return undefined
  if (name === 'get' && raw.length === 2) return [name, key]
  if (name === 'delete' && raw.length === 2) return [name, key]
  if (raw.length === 3 && a !== undefined) {
    if (name === 'set') return [name, key, a]
    if (name === 'add' && typeof a === 'number') return [name, key, a]
    if ((name === 'scan' || name === 'clear') && (a === null || typeof a === 'string')) return [name, key, a]
  }
  if (name === 'compare-and-set' && raw.length === 4 && optional(a) && optional(b)) return [name, key, a, b]
  return undefined
}

/** JSON has no undefined: a list of one value or none stands for it. */
export const listed = (value: Json | undefined): readonly Json[] => (value === undefined ? [] : [value])
const optional = (value: Json | undefined): value is readonly Json[] => Array.isArray(value) && value.length <= 1

/** Otherwise its place in the order would not be the same everywhere. */
const covered = (spans: readonly Span[], operation: Operation): boolean => {
  const needed = spanOf(operation)
  return spans.some((span) => (span.write || !needed.write) && contains(span, needed))
}

const contains = (outer: Span, inner: Span): boolean => {
  if (outer.kind === 'key') return inner.kind === 'key' && inner.key === outer.key
  if (inner.kind === 'key') return outer.from <= inner.key && (outer.to === undefined || inner.key < outer.to)
  return outer.from <= inner.from && (outer.to === undefined || (inner.to !== undefined && inner.to <= outer.to))
}

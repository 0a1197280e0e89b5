/** What JSON can hold. Never mutated once it is part of replicated state. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** Whether two values are the same JSON, whatever the order of their names. */
export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameJson(item, b[i]))
  }
  const x = a as { readonly [name: string]: Json }
  const y = b as { readonly [name: string]: Json }
  const names = Object.keys(x)
  return (
    names.length === Object.keys(y).length &&
    names.every((name) => Object.hasOwn(y, name) && sameJson(x[name], y[name]))
  )
}

/** Whether a value is 0, 1, 2 … */
export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

/** Deeper payloads are refused: what one engine can read, all must be able to. */
const MAX_DEPTH = 64
/** A result may hold a value of a payload within a pair, in a scan, in the list of one result, in that of all. */
const MAX_RESULT_DEPTH: number = MAX_DEPTH + 4
/** A row of a snapshot may hold a result within its entry, in the list of a session's entries, in its row. */
const MAX_ROW_DEPTH: number = MAX_RESULT_DEPTH + 4

/** The bytes of a value. Throws a TypeError for what JSON would change or leave out. */
export const encodeJson = (value: Json): Uint8Array => {
  check(value, MAX_DEPTH)
  return encodeRow(value)
}

/** What was encoded, frozen; undefined for bytes that `encodeJson` can't have made. */
export const decodeJson = (bytes: Uint8Array): Json | undefined => decode(bytes, MAX_DEPTH)

/** The result itself, frozen all through. Throws a TypeError for what JSON would change or leave out. */
export const frozenResult = (result: Json): Json => {
  check(result, MAX_RESULT_DEPTH)
  freeze(result, MAX_RESULT_DEPTH)
  return result
}

/** The bytes of one row of a snapshot, made of values and results that were checked when they came. */
export const encodeRow = (row: Json): Uint8Array => new TextEncoder().encode(JSON.stringify(row))

/** What was encoded, frozen; undefined for bytes that `encodeRow` can't have made. */
export const decodeRow = (bytes: Uint8Array): Json | undefined => decode(bytes, MAX_ROW_DEPTH)

const decode = (bytes: Uint8Array, maxDepth: number): Json | undefined => {
  try {
    const value: Json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    freeze(value, maxDepth)
    return value
  } catch {
    return undefined
  }
}

const freeze = (value: Json, maxDepth: number): void => {
  if (typeof value !== 'object' || value === null) return
  if (maxDepth === 0) throw new TypeError('nested too deep')
  for (const item of Object.values(value)) freeze(item, maxDepth - 1)
  Object.freeze(value)
}

const check = (value: unknown, maxDepth: number): void => {
  if (value === null || typeof value === 'boolean') return
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) throw new TypeError('a string holds half of a surrogate pair')
    return
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`${value} is not a number that JSON can hold`)
    return
  }
  if (typeof value !== 'object') throw new TypeError(`JSON can't hold ${typeof value}`)
  if (maxDepth === 0) throw new TypeError(`nested too deep (${MAX_DEPTH} levels are allowed), or within itself`)
  if (Array.isArray(value)) {
    for (const item of value) check(item, maxDepth - 1)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError("JSON can't hold an object of a class: use plain objects and arrays")
  }
  for (const [name, item] of Object.entries(value)) {
    check(name, maxDepth)
    check(item, maxDepth - 1)
  }
}

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

/** Deeper values are refused: what one engine can read, all must be able to. */
const MAX_DEPTH = 64

/** The bytes of a value. Throws a TypeError for what JSON would change or leave out. */
export const encodeJson = (value: Json): Uint8Array => {
  check(value, 0)
  return new TextEncoder().encode(JSON.stringify(value))
}

/** What was encoded, frozen; undefined for bytes that `encodeJson` can't have made. */
export const decodeJson = (bytes: Uint8Array): Json | undefined => {
  try {
    const value: Json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    freeze(value, 0)
    return value
  } catch {
    return undefined
  }
}

const freeze = (value: Json, depth: number): void => {
  if (typeof value !== 'object' || value === null) return
  if (depth >= MAX_DEPTH) throw new TypeError(`nested deeper than ${MAX_DEPTH}`)
  for (const item of Object.values(value)) freeze(item, depth + 1)
  Object.freeze(value)
}

const check = (value: unknown, depth: number): void => {
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
  if (depth >= MAX_DEPTH) throw new TypeError(`nested deeper than ${MAX_DEPTH}, or within itself`)
  if (Array.isArray(value)) {
    for (const item of value) check(item, depth + 1)
    return
  }
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError("JSON can't hold an object of a class: use plain objects and arrays")
  }
  for (const [name, item] of Object.entries(value)) {
    check(name, depth)
    check(item, depth + 1)
  }
}

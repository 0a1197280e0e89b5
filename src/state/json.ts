/** What JSON can hold. Never mutated once it is part of replicated state. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/**
 * `T` where JSON can hold it, be it an `interface`, which is not assignable to `Json`. Asked for as `T extends Plain<T>`.
 * Properties may be undefined: those are left out. Parts of it may be `unknown`: what they are shows when it is run.
 */
export type Plain<T> = null | (Unmarked & { readonly [K in keyof T]: PlainProperty<T[K]> })

/** What the compiler says of a part that is not plain. */
type Unfit = "JSON can't hold this"

type PlainProperty<T> = T extends undefined ? T : PlainPart<T>

type PlainPart<T> = unknown extends T
  ? T
  : T extends Json
    ? T
    : T extends object & Unmarked
      ? T extends readonly unknown[]
        ? { readonly [I in keyof T]: PlainPart<T[I]> }
        : { readonly [K in keyof T]: PlainProperty<T[K]> }
      : Unfit

/** Has nothing that functions, dates, maps, promises, bytes, patterns, big integers and symbols are known by. */
interface Unmarked {
  readonly [Symbol.hasInstance]?: Unfit
  readonly [Symbol.toPrimitive]?: Unfit
  readonly [Symbol.toStringTag]?: Unfit
  readonly [Symbol.match]?: Unfit
}

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

/** JSON can't hold it, or not as it is. */
class NotJson extends TypeError {
  constructor(
    readonly problem: string,
    /** Where in the value. */
    readonly path: readonly (string | number)[],
  ) {
    super(path.length === 0 ? problem : `${problem} (at ${path.join('.')})`)
  }
}

/** What is wrong with a value that `frozenCopy` has refused; undefined where the error is another one. */
export const jsonFault = (
  error: unknown,
): { readonly message: string; readonly path: readonly PropertyKey[] } | undefined =>
  error instanceof NotJson ? { message: error.problem, path: error.path } : undefined

/**
 * A copy that nobody can change: what it was copied from stays the caller's own. Properties that are undefined are left
 * out, and -0 is 0, as in JSON. Throws a TypeError for what else JSON would change or leave out.
 */
export const frozenCopy = (value: unknown): Json => copied(value, MAX_DEPTH, [])

/** The same for a result, which may be nested a little deeper. */
export const frozenResult = (result: unknown): Json => copied(result, MAX_RESULT_DEPTH, [])

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })

/** The bytes of a value. Throws a TypeError for what `frozenCopy` refuses. */
export const encodeJson = (value: Json): Uint8Array => encodeRow(frozenCopy(value))

/** What was encoded, frozen; undefined for bytes that `encodeJson` can't have made. */
export const decodeJson = (bytes: Uint8Array): Json | undefined => decode(bytes, MAX_DEPTH)

/** The bytes of one row of a snapshot, made of values and results that were checked when they came. */
export const encodeRow = (row: Json): Uint8Array => encoder.encode(JSON.stringify(row))

/** What `encodeRow` made of a call: its arguments are two lists deep. */
export const decodeCallRow = (bytes: Uint8Array): Json | undefined => decode(bytes, MAX_DEPTH + 2)

/** What was encoded, frozen; undefined for bytes that `encodeRow` can't have made. */
export const decodeRow = (bytes: Uint8Array): Json | undefined => decode(bytes, MAX_ROW_DEPTH)

/** Whether `frozenCopy` would copy it. */
export const isJson = (value: unknown): boolean => {
  try {
    frozenCopy(value)
    return true
  } catch {
    return false
  }
}

/** Texts without these hold no half of a surrogate pair, and no name that is refused: nearly all of them. */
const SUSPECT = /\\u|__proto__/

const decode = (bytes: Uint8Array, maxDepth: number): Json | undefined => {
  try {
    const text = decoder.decode(bytes)
    const value: Json = JSON.parse(text)
    if (SUSPECT.test(text)) return copied(value, maxDepth, [])
    freeze(value, maxDepth)
    return value
  } catch {
    return undefined
  }
}

/** For a value that has only such strings and names as it may have. */
const freeze = (value: Json, maxDepth: number): void => {
  // 1e999 is a text of JSON.
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('no finite number')
  if (typeof value !== 'object' || value === null) return
  if (maxDepth === 0) throw new TypeError('nested too deep')
  for (const item of Object.values(value)) freeze(item, maxDepth - 1)
  Object.freeze(value)
}

/** @param path where in the whole the value is: as it was again when this returns */
const copied = (value: unknown, maxDepth: number, path: (string | number)[]): Json => {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') {
    if (/\p{Surrogate}/u.test(value)) throw new NotJson('a string holds half of a surrogate pair', path)
    return value
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NotJson(`${value} is not a number that JSON can hold`, path)
    return value + 0
  }
  if (typeof value !== 'object') throw new NotJson(`JSON can't hold ${typeof value}`, path)
  if (maxDepth === 0) throw new NotJson(`nested too deep (${MAX_DEPTH} levels are allowed), or within itself`, path)
  return Array.isArray(value) ? copiedList(value, maxDepth - 1, path) : copiedObject(value, maxDepth - 1, path)
}

const copiedList = (list: readonly unknown[], maxDepth: number, path: (string | number)[]): Json => {
  const copy: Json[] = []
  for (const [i, item] of list.entries()) {
    path.push(i)
    copy.push(copied(item, maxDepth, path))
    path.pop()
  }
  return Object.freeze(copy)
}

const copiedObject = (object: object, maxDepth: number, path: (string | number)[]): Json => {
  const prototype: unknown = Object.getPrototypeOf(object)
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotJson("JSON can't hold an object of a class: use plain objects and arrays", path)
  }
  const copy: { [name: string]: Json } = {}
  for (const [name, item] of Object.entries(object)) {
    if (item === undefined) continue
    path.push(name)
    // Whoever copies the value by assignments would set a prototype.
    if (name === '__proto__') throw new NotJson('no property can have this name', path)
    copied(name, maxDepth, path)
    copy[name] = copied(item, maxDepth, path)
    path.pop()
  }
  return Object.freeze(copy)
}

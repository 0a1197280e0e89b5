import { shown, WireError } from './error.js'

/**
 * How one type is written as a CBOR tree and read back. Both directions check alike and throw a
 * `WireError`, so that nothing can be sent which its receiver would refuse.
 */
export interface Codec<T> {
  encode(value: T): unknown
  decode(raw: unknown): T
}

export type Fields<T> = { readonly [K in keyof T]-?: Codec<T[K]> }

const within = (error: unknown, step: string): unknown => (error instanceof WireError ? error.under(step) : error)

const asArray = (raw: unknown): readonly unknown[] => {
  if (!Array.isArray(raw)) throw new WireError('shape', `${shown(raw)} is not an array`)
  return raw
}

/**
 * Writes and reads an object's fields, in the order in which `fields` lists them, from index `first` of an array on. What
 * is done for every field of every record that is loaded is kept small: one `try` for all of them.
 */
const sequence = <T extends object>(fields: Fields<T>, first: number) => {
  const names = Object.keys(fields) as (keyof T & string)[]
  const codecs = names.map((name) => fields[name])
  return {
    encode(value: T, raw: unknown[]): unknown[] {
      let at = 0
      try {
        for (const name of names) raw.push((codecs[at++] as Codec<unknown>).encode(value[name]))
      } catch (error) {
        throw within(error, names[at - 1] as string)
      }
      return raw
    },
    decode(raw: readonly unknown[], value: Partial<T>): T {
      if (raw.length !== first + names.length) {
        throw new WireError(
          'shape',
          `an array of ${raw.length} stands where one of ${first + names.length} is expected`,
        )
      }
      let at = 0
      try {
        for (const name of names) value[name] = (codecs[at] as Codec<T[typeof name]>).decode(raw[first + at++])
      } catch (error) {
        throw within(error, names[at - 1] as string)
      }
      return value as T
    },
  }
}

/** An object as the array of its fields. */
export const record = <T extends object>(fields: Fields<T>): Codec<T> => {
  const rest = sequence(fields, 0)
  return {
    encode: (value) => rest.encode(value, []),
    decode: (raw) => rest.decode(asArray(raw), {}),
  }
}

interface Kinded {
  readonly kind: string
}

type Cases<T extends Kinded> = {
  readonly [K in T['kind']]: readonly [code: number, fields: Fields<Omit<Extract<T, { readonly kind: K }>, 'kind'>>]
}

/** One of several objects, told apart by `kind`: an array of the kind's code and the fields of that kind. */
export const variants = <T extends Kinded>(cases: Cases<T>): Codec<T> => {
  const entries = Object.entries(cases as Record<string, readonly [number, Fields<object>]>).map(
    ([kind, [code, fields]]) => ({ kind, code, rest: sequence(fields, 1) }),
  )
  const byKind = new Map(entries.map((entry) => [entry.kind, entry]))
  const byCode = new Map<unknown, (typeof entries)[number]>(entries.map((entry) => [entry.code, entry]))
  return {
    encode(value) {
      const entry = byKind.get(value.kind)
      if (entry === undefined) throw new WireError('shape', `${shown(value.kind)} is not a known kind`, 'kind')
      return entry.rest.encode(value, [entry.code])
    },
    decode(raw) {
      const array = asArray(raw)
      const entry = byCode.get(array[0])
      if (entry === undefined) throw new WireError('shape', `${shown(array[0])} is not a known kind`, 'kind')
      return entry.rest.decode(array, { kind: entry.kind } as object) as T
    },
  }
}

/** `min` to `max` elements. */
export const list = <T>(element: Codec<T>, min: number, max: number): Codec<readonly T[]> => {
  const each = <A, B>(values: readonly A[], convert: (value: A) => B): B[] => {
    if (values.length < min || values.length > max) {
      throw new WireError('range', `an array of ${values.length} stands where ${min} to ${max} elements are allowed`)
    }
    const converted: B[] = []
    try {
      for (const value of values) converted.push(convert(value))
    } catch (error) {
      throw within(error, `[${converted.length}]`)
    }
    return converted
  }
  return {
    encode: (values) => each(values, element.encode),
    decode: (raw) => each(asArray(raw), element.decode),
  }
}

/** Exactly two elements. */
export const pair = <A, B>(first: Codec<A>, second: Codec<B>): Codec<readonly [A, B]> => {
  const both = record<{ readonly 0: A; readonly 1: B }>({ 0: first, 1: second })
  return {
    encode: (value) => both.encode(value),
    decode: (raw) => {
      const { 0: a, 1: b } = both.decode(raw)
      return [a, b]
    },
  }
}

/** Undefined is written as null. */
export const optional = <T>(present: Codec<T>): Codec<T | undefined> => ({
  encode: (value) => (value === undefined ? null : present.encode(value)),
  decode: (raw) => (raw === null ? undefined : present.decode(raw)),
})

/** `codec`, with a rule over the whole value: it throws a `WireError` where the value breaks it. */
export const ruled = <T>(codec: Codec<T>, rule: (value: T) => void): Codec<T> => ({
  encode(value) {
    rule(value)
    return codec.encode(value)
  },
  decode(raw) {
    const value = codec.decode(raw)
    rule(value)
    return value
  },
})

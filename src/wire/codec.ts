import { shown, WireError } from './error.js'
import { Reader } from './reader.js'
import { type Limits, Writer } from './writer.js'

/**
 * How one type is written as CBOR and read back. Both directions check alike and throw a `WireError`, so that nothing can be
 * sent which its receiver would refuse. What is read is built as it is checked: no tree of it stands in between.
 */
export interface Codec<T> {
  write(to: Writer, value: T): void
  read(from: Reader): T
}

export type Fields<T> = { readonly [K in keyof T]-?: Codec<T[K]> }

/** An object's fields, as the last ones of the items of an array. */
export interface Body<T extends Kinded> {
  /** How many items they are. */
  readonly items: number
  write(to: Writer, value: T): void
  read(from: Reader, kind: T['kind']): T
}

/** The one that all values are written by, one after the other: its room is made once. */
let shared: Writer | undefined

/** As bytes in a buffer of their own. Throws a `WireError` where the value, or what it takes, breaks a limit. */
export const toBytes = <T>(codec: Codec<T>, value: T, limits: Limits): Uint8Array<ArrayBuffer> => {
  shared ??= new Writer()
  shared.begin()
  codec.write(shared, value)
  return shared.end(limits)
}

/** What `toBytes` wrote; nothing in it shares memory with `bytes`. Throws a `WireError`, and nothing else, for other bytes. */
export const fromBytes = <T>(codec: Codec<T>, bytes: Uint8Array, limits: Limits): T => {
  const from = new Reader(bytes, limits)
  const value = codec.read(from)
  from.end()
  return value
}

/** The error as it is seen from the field or element in which it was found. */
export const within = (error: unknown, step: string): unknown =>
  error instanceof WireError ? error.under(step) : error

/** Throws unless there are exactly so many items. */
export const expectItems = (found: number, expected: number): void => {
  if (found !== expected) {
    throw new WireError('shape', `an array of ${found} stands where one of ${expected} is expected`)
  }
}

/** What is read of an object, into what is there of it already. */
export interface Rest<T> {
  readonly items: number
  write(to: Writer, value: T): void
  read(from: Reader, value: Partial<T>): T
}

/** Fields in the order in which `fields` lists them. */
export const sequence = <T extends object>(fields: Fields<T>): Rest<T> => {
  const names = Object.keys(fields) as (keyof T & string)[]
  const codecs = names.map((name) => fields[name])
  return {
    items: names.length,
    write(to, value) {
      let at = 0
      try {
        for (const name of names) (codecs[at++] as Codec<unknown>).write(to, value[name])
      } catch (error) {
        throw within(error, names[at - 1] as string)
      }
    },
    read(from, value) {
      let at = 0
      try {
        for (const name of names) value[name] = (codecs[at++] as Codec<T[typeof name]>).read(from)
      } catch (error) {
        throw within(error, names[at - 1] as string)
      }
      return value as T
    },
  }
}

/** An object as the array of its fields. */
export const record = <T extends object>(fields: Fields<T>): Codec<T> => {
  const rest = sequence(fields)
  return {
    write(to, value) {
      to.array(rest.items)
      rest.write(to, value)
    },
    read(from) {
      expectItems(from.array(), rest.items)
      return rest.read(from, {})
    },
  }
}

interface Kinded {
  readonly kind: string
}

export type FieldsOfKind<T extends Kinded> = Fields<Omit<T, 'kind'>>

/** The fields of an object of some kind. */
const fieldsOf = <T extends Kinded>(fields: FieldsOfKind<T>): Body<T> => {
  const rest = sequence(fields as Fields<object>)
  return {
    items: rest.items,
    write: rest.write,
    read: (from, kind) => rest.read(from, { kind } as object) as T,
  }
}

type Cases<T extends Kinded> = {
  readonly [K in T['kind']]: readonly [
    code: number,
    fields: FieldsOfKind<Extract<T, { readonly kind: K }>> | Body<Extract<T, { readonly kind: K }>>,
  ]
}

const isBody = (it: object): it is Body<Kinded> => 'items' in it && typeof it.items === 'number'

/** One of several objects, told apart by `kind`: an array of the kind's code and the fields of that kind. */
export const variants = <T extends Kinded>(cases: Cases<T>): Codec<T> => {
  const entries = Object.entries(cases as Readonly<Record<string, readonly [number, object]>>).map(
    ([kind, [code, fields]]) => {
      const body = isBody(fields) ? fields : fieldsOf(fields as FieldsOfKind<Kinded>)
      return { kind, code, body: body as unknown as Body<T> }
    },
  )
  const byKind = new Map(entries.map((entry) => [entry.kind, entry]))
  const byCode = new Map(entries.map((entry) => [entry.code, entry]))
  return {
    write(to, value) {
      const entry = byKind.get(value.kind)
      if (entry === undefined) throw new WireError('shape', `${shown(value.kind)} is not a known kind`, 'kind')
      to.array(1 + entry.body.items)
      to.integer(entry.code)
      entry.body.write(to, value)
    },
    read(from) {
      const items = from.array()
      const entry = byCode.get(items === 0 ? -1 : from.integer())
      if (entry === undefined) throw new WireError('shape', 'this is not a known kind', 'kind')
      expectItems(items, 1 + entry.body.items)
      return entry.body.read(from, entry.kind)
    },
  }
}

/** `min` to `max` elements. */
export const list = <T>(element: Codec<T>, min: number, max: number): Codec<readonly T[]> => {
  const check = (count: number): number => {
    if (count >= min && count <= max) return count
    throw new WireError('range', `an array of ${count} stands where ${min} to ${max} elements are allowed`)
  }
  return {
    write(to, values) {
      to.array(check(values.length))
      let at = 0
      try {
        for (; at < values.length; at++) element.write(to, values[at] as T)
      } catch (error) {
        throw within(error, `[${at}]`)
      }
    },
    read(from) {
      const count = check(from.array())
      const values: T[] = []
      try {
        while (values.length < count) values.push(element.read(from))
      } catch (error) {
        throw within(error, `[${values.length}]`)
      }
      return values
    },
  }
}

/** Exactly two elements. */
export const pair = <A, B>(first: Codec<A>, second: Codec<B>): Codec<readonly [A, B]> => {
  const both = record<{ readonly 0: A; readonly 1: B }>({ 0: first, 1: second })
  return {
    write: (to, [a, b]) => both.write(to, { 0: a, 1: b }),
    read(from) {
      const { 0: a, 1: b } = both.read(from)
      return [a, b]
    },
  }
}

/** Undefined is written as null. */
export const optional = <T>(present: Codec<T>): Codec<T | undefined> => ({
  write: (to, value) => (value === undefined ? to.null() : present.write(to, value)),
  read: (from) => (from.null() ? undefined : present.read(from)),
})

/** `codec`, with a rule over the whole value: it throws a `WireError` where the value breaks it. */
export const ruled = <T>(codec: Codec<T>, rule: (value: T) => void): Codec<T> => ({
  write(to, value) {
    rule(value)
    codec.write(to, value)
  },
  read(from) {
    const value = codec.read(from)
    rule(value)
    return value
  },
})

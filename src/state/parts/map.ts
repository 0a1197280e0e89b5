import { read, type Span, write } from '../../core/index.js'
import { type Json, type Plain, sameJson } from '../json.js'
import type { KeyRange, Mutator, Reading, Tx } from '../mutator.js'
import type { Composable } from './composable.js'
import { fields, finite, optional, something, text } from './fields.js'
import { folder } from './folder.js'

/** The expected value was there, and has been replaced; or it was not, and nothing has changed. */
export type CompareAndSetResult =
  | { readonly ok: true }
  /** `actual` is absent where nothing was there. */
  | { readonly ok: false; readonly actual?: Json }

/** The new sum; or nothing has changed, since what is there is no number, or the sum would not be finite. */
export type AddResult = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly actual?: Json }

type Key = { readonly key: string }
type Entry<T> = Key & { readonly value: T }
/** Absent, or undefined, stands for "not there", as what is expected and as what is wanted. */
type Swap<T> = Key & { readonly expected?: T | undefined; readonly wanted?: T | undefined }
type Amount = Key & { readonly by: number }

export type MapMutators<T> = {
  /** In its place in the order: it sees all that was answered anywhere before it was called. */
  readonly get: Mutator<Key, T | undefined>
  readonly set: Mutator<Entry<T>, void>
  /** Whether there was something to delete. */
  readonly delete: Mutator<Key, boolean>
  readonly compareAndSet: Mutator<Swap<T>, CompareAndSetResult>
  /** Adds to a number; what is not there counts as 0. */
  readonly add: Mutator<Amount, AddResult>
  /** Like `get`, all of a range, in order. It waits for, and holds up, whatever changes one of them. */
  readonly scan: Mutator<KeyRange, readonly (readonly [key: string, value: T])[], KeyRange | undefined>
  /** Deletes all of a range, and says which there were, in order. */
  readonly clear: Mutator<KeyRange, readonly string[], KeyRange | undefined>
}

/** Values under keys, in the order of their keys. */
export interface SharedMap<T> extends Composable<MapMutators<T>, [key?: string]> {
  get(from: Reading, key: string): T | undefined
  has(from: Reading, key: string): boolean
  entries(from: Reading, range?: KeyRange): Iterable<readonly [key: string, value: T]>
  set(tx: Tx, key: string, value: T): void
  delete(tx: Tx, key: string): boolean
  /** Undefined stands for "not there", as what is expected and as what is wanted. */
  compareAndSet(tx: Tx, key: string, expected: T | undefined, wanted: T | undefined): CompareAndSetResult
  add(tx: Tx, key: string, by: number): AddResult
  clear(tx: Tx, range?: KeyRange): readonly string[]
}

/** @param under the name that its keys begin with, before a slash; without one, all keys of the state are its own */
export const map = <T extends Plain<T> = Json>(under: string = ''): SharedMap<T> => {
  const { key: full, entries, ...all } = folder(under)
  const reads = (key?: string): Span => (key === undefined ? all.reads() : read(full(key)))
  const touches = (key?: string): Span => (key === undefined ? all.touches() : write(full(key)))
  const get = (from: Reading, key: string): T | undefined => from.get<T>(full(key))
  const set = (tx: Tx, key: string, value: T): void => tx.set(full(key), value)
  const remove = (tx: Tx, key: string): boolean => tx.delete(full(key))
  const compareAndSet = (tx: Tx, key: string, expected: T | undefined, wanted: T | undefined): CompareAndSetResult => {
    const actual = tx.get(full(key))
    // A T is JSON.
    if (!sameJson(actual, expected as Json | undefined)) return refusal(actual)
    if (wanted === undefined) remove(tx, key)
    else set(tx, key, wanted)
    return { ok: true }
  }
  const add = (tx: Tx, key: string, by: number): AddResult => {
    const actual = tx.get(full(key))
    const sum = actual === undefined ? by : typeof actual === 'number' ? actual + by : Number.NaN
    if (!Number.isFinite(sum)) return refusal(actual)
    tx.set(full(key), sum)
    return { ok: true, value: sum }
  }
  const clear = (tx: Tx, range: KeyRange = {}): readonly string[] => {
    const keys = Array.from(entries(tx, range), ([key]) => key)
    for (const key of keys) remove(tx, key)
    return keys
  }
  const ranged = fields<KeyRange, KeyRange | undefined>({ from: optional(text), to: optional(text) })
  return {
    reads,
    touches,
    get,
    has: (from, key) => from.has(full(key)),
    entries: (from, range) => entries<T>(from, range),
    set,
    delete: remove,
    compareAndSet,
    add,
    clear,
    mutators: {
      get: { args: fields<Key>({ key: text }), touches: ({ key }) => [reads(key)], run: (tx, { key }) => get(tx, key) },
      set: {
        args: fields<Entry<T>>({ key: text, value: something }),
        touches: ({ key }) => [touches(key)],
        run: (tx, { key, value }) => set(tx, key, value),
      },
      delete: {
        args: fields<Key>({ key: text }),
        touches: ({ key }) => [touches(key)],
        run: (tx, { key }) => remove(tx, key),
      },
      compareAndSet: {
        args: fields<Swap<T>>({ key: text, expected: optional(something), wanted: optional(something) }),
        touches: ({ key }) => [touches(key)],
        run: (tx, { key, expected, wanted }) => compareAndSet(tx, key, expected, wanted),
      },
      add: {
        args: fields<Amount>({ key: text, by: finite }),
        touches: ({ key }) => [touches(key)],
        run: (tx, { key, by }) => add(tx, key, by),
      },
      scan: { args: ranged, touches: (range) => [all.reads(range)], run: (tx, range) => [...entries<T>(tx, range)] },
      clear: { args: ranged, touches: (range) => [all.touches(range)], run: clear },
    },
  }
}

const refusal = (actual: Json | undefined): { readonly ok: false; readonly actual?: Json } =>
  actual === undefined ? { ok: false } : { ok: false, actual }

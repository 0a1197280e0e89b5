import { read, type Span, write } from '../../core/index.js'
import type { Json, Plain } from '../json.js'
import { type Mutator, type Reading, refuse, type Tx } from '../mutator.js'
import type { Composable } from './composable.js'
import { fields, optional, something, text } from './fields.js'
import { folder } from './folder.js'
import { order, type Place } from './order.js'

export interface Item<T> {
  /** No other item's, and kept wherever it moves. */
  readonly id: string
  readonly value: T
}

/** The item that was to be changed, or stood next to, is not there any more. */
type Gone = { readonly ok: false; readonly reason: 'gone' }
export type InsertResult = { readonly ok: true; readonly id: string } | Gone
export type ItemResult = { readonly ok: true } | Gone

type Id = { readonly id: string }
type Value<T> = { readonly value: T }
type Move = Id & { readonly after?: string | undefined }

export type ListMutators<T> = {
  /** To the end. */
  readonly push: Mutator<Value<T>, InsertResult>
  /** Right behind the item of that id. */
  readonly insertAfter: Mutator<Id & Value<T>, InsertResult>
  readonly insertBefore: Mutator<Id & Value<T>, InsertResult>
  /** Right behind another item; without `after`, to the front. */
  readonly move: Mutator<Move, ItemResult>
  readonly remove: Mutator<Id, ItemResult>
  readonly set: Mutator<Id & Value<T>, ItemResult>
}

/**
 * Items in an order that people make. Each keeps its place among the others, and the id that it is named by: what was called
 * offline means the same item when it is executed, whatever others have put around it by then.
 */
export interface List<T> extends Composable<ListMutators<T>, [id?: string]> {
  /** In order. */
  items(from: Reading): readonly Item<T>[]
  get(from: Reading, id: string): T | undefined
  /** A new item. It takes `touches()`: its id is not known before. */
  insert(tx: Tx, value: T, place: Place): InsertResult
  /** It takes `order.touches()`. */
  move(tx: Tx, id: string, place: Place): ItemResult
  remove(tx: Tx, id: string): ItemResult
  set(tx: Tx, id: string, value: T): ItemResult
}

/**
 * Order and values are kept apart: who sets a value holds up nobody who moves the item, nor any other item.
 * @param under the name that its keys begin with, before a slash
 */
export const list = <T extends Plain<T> = Json>(under: string): List<T> => {
  const all = folder(under)
  const inOrder = order(all.key('order'))
  const values = folder(all.key('values'))
  const touches = (id?: string): Span => (id === undefined ? all.touches() : write(values.key(id)))

  const get = (from: Reading, id: string): T | undefined => from.get<T>(values.key(id))
  const insert = (tx: Tx, value: T, place: Place): InsertResult => {
    const id = freshId(tx, (taken) => tx.has(values.key(taken)))
    if (!inOrder.put(tx, id, place)) return refuse('gone')
    tx.set(values.key(id), value)
    return { ok: true, id }
  }
  const move = (tx: Tx, id: string, place: Place): ItemResult => {
    if (!inOrder.has(tx, id) || !inOrder.put(tx, id, place)) return refuse('gone')
    return { ok: true }
  }
  const remove = (tx: Tx, id: string): ItemResult => {
    if (!inOrder.remove(tx, id)) return refuse('gone')
    tx.delete(values.key(id))
    return { ok: true }
  }
  const set = (tx: Tx, id: string, value: T): ItemResult => {
    if (!tx.has(values.key(id))) return refuse('gone')
    tx.set(values.key(id), value)
    return { ok: true }
  }

  const both = fields<Id & Value<T>>({ id: text, value: something })
  return {
    reads: (id) => (id === undefined ? all.reads() : read(values.key(id))),
    touches,
    items: (from) => inOrder.ids(from).map((id) => ({ id, value: get(from, id) as T })),
    get,
    insert,
    move,
    remove,
    set,
    mutators: {
      push: {
        args: fields<Value<T>>({ value: something }),
        touches: () => [touches()],
        run: (tx, { value }) => insert(tx, value, 'last'),
      },
      insertAfter: {
        args: both,
        touches: () => [touches()],
        run: (tx, { id, value }) => insert(tx, value, { after: id }),
      },
      insertBefore: {
        args: both,
        touches: () => [touches()],
        run: (tx, { id, value }) => insert(tx, value, { before: id }),
      },
      move: {
        args: fields<Move>({ id: text, after: optional(text) }),
        touches: () => [inOrder.touches()],
        run: (tx, { id, after }) => move(tx, id, after === undefined ? 'first' : { after }),
      },
      remove: {
        args: fields<Id>({ id: text }),
        touches: ({ id }) => [inOrder.touches(), touches(id)],
        run: (tx, { id }) => remove(tx, id),
      },
      set: { args: both, touches: ({ id }) => [touches(id)], run: (tx, { id, value }) => set(tx, id, value) },
    },
  }
}

/**
 * The same wherever, and however often, the command is executed: what is called offline can name it. Of the time as well,
 * since there are no more than 2³² series of random numbers.
 */
const freshId = (tx: Tx, isTaken: (id: string) => boolean): string => {
  for (;;) {
    const id = `${Math.floor(tx.now).toString(36)}-${Math.floor(tx.random() * 2 ** 32).toString(36)}`
    if (!isTaken(id)) return id
  }
}

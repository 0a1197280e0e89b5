import type { Span } from '../../core/index.js'
import type { Reading, ScanOptions, Tx } from '../mutator.js'
import { folder } from './folder.js'
import { between } from './positions.js'

/** Where one position has grown longer than this, all are given new ones: keys stay short, whatever is done. */
const MAX_POSITION_LENGTH = 48

export type Place = 'first' | 'last' | { readonly after: string } | { readonly before: string }

/** An order of ids that people make: each keeps its place among the others, whatever comes, moves or goes around it. */
export interface Order {
  reads(): Span
  touches(): Span
  ids(from: Reading): readonly string[]
  has(from: Reading, id: string): boolean
  /** Gives it a place, or another one. False, and nothing has changed, where the id that it is to stand next to has none. */
  put(tx: Tx, id: string, place: Place): boolean
  /** Whether it had a place. */
  remove(tx: Tx, id: string): boolean
}

/**
 * It has two folders, `at` for the position of each id, and `by` for the id at each position: neighbours are found without
 * a search.
 * @param under the name that its keys begin with, before a slash
 */
export const order = (under: string): Order => {
  const { reads, touches, key } = folder(under)
  const at = folder(key('at'))
  const by = folder(key('by'))

  const ids = (from: Reading): readonly string[] => Array.from(from.scan<string>(by.range), ([, id]) => id)

  const set = (tx: Tx, id: string, position: string): void => {
    tx.set(by.key(position), id)
    tx.set(at.key(id), position)
  }

  const remove = (tx: Tx, id: string): boolean => {
    const position = tx.get<string>(at.key(id))
    if (position === undefined) return false
    tx.delete(at.key(id))
    return tx.delete(by.key(position))
  }

  const gap = (tx: Tx, place: Place): readonly [low: string | undefined, high: string | undefined] | undefined => {
    const first = (range: ScanOptions): string | undefined => {
      for (const [found] of tx.scan({ ...by.within(range), reverse: range.reverse === true })) return by.rest(found)
      return undefined
    }
    if (place === 'first') return [undefined, first({})]
    if (place === 'last') return [first({ reverse: true }), undefined]
    const isAfter = 'after' in place
    const position = tx.get<string>(at.key(isAfter ? place.after : place.before))
    if (position === undefined) return undefined
    return isAfter ? [position, first({ from: `${position}\0` })] : [first({ to: position, reverse: true }), position]
  }

  const put = (tx: Tx, id: string, place: Place): boolean => {
    const found = gap(tx, place)
    if (found === undefined) return false
    const position = between(...found)
    remove(tx, id)
    set(tx, id, position)
    if (position.length > MAX_POSITION_LENGTH) spread(tx)
    return true
  }

  const spread = (tx: Tx): void => {
    const all = ids(tx)
    for (const id of all) remove(tx, id)
    let position: string | undefined
    for (const id of all) {
      position = between(position, undefined)
      set(tx, id, position)
    }
  }

  return { reads: () => reads(), touches: () => touches(), ids, has: (from, id) => from.has(at.key(id)), put, remove }
}

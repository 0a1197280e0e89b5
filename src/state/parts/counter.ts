import { read, write } from '../../core/index.js'
import type { Mutator, Reading, Tx } from '../mutator.js'
import type { Composable } from './composable.js'
import { fields, optional, whole } from './fields.js'

type Amount = { readonly by?: number }

export type CounterMutators = {
  /** Adds 1, or `by`. The sum. */
  readonly add: Mutator<Amount, number, Amount | undefined>
  /** Begins again at 0. What it had come to. */
  readonly reset: Mutator<unknown, number>
}

/** A whole number that anybody can add to. */
export interface Counter extends Composable<CounterMutators> {
  value(from: Reading): number
  /** @throws RangeError where the sum is no safe integer */
  add(tx: Tx, by?: number): number
  reset(tx: Tx): number
}

/** @param key the one that it counts under */
export const counter = (key: string): Counter => {
  const touches = () => write(key)
  const value = (from: Reading): number => from.get<number>(key) ?? 0
  const add = (tx: Tx, by = 1): number => {
    const sum = value(tx) + by
    if (!Number.isSafeInteger(sum)) throw new RangeError(`the counter "${key}" can't count to ${sum}`)
    tx.set(key, sum)
    return sum
  }
  const reset = (tx: Tx): number => {
    const sum = value(tx)
    tx.delete(key)
    return sum
  }
  return {
    reads: () => read(key),
    touches,
    value,
    add,
    reset,
    mutators: {
      add: {
        args: fields<Amount, Amount | undefined>({ by: optional(whole) }),
        touches: () => [touches()],
        run: (tx, { by }) => add(tx, by),
      },
      reset: { touches: () => [touches()], run: reset },
    },
  }
}

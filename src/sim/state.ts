import { read, readRange, type Span, write, writeRange } from '../core/index.js'
import {
  defineState,
  type Json,
  type KeyRange,
  type MapMutators,
  type Mutator,
  map,
  type PartCalls,
  refuse,
  type StateDefinition,
  type Tx,
  type View,
} from '../state/index.js'
import type { Operation } from './history.js'

/** What is in an account as long as nothing was paid into it, or from it. */
export const OPENING = 100

/** What an account held before; null where nothing was paid into it yet, or from it. */
export type Held = number | null

export interface Transfer {
  readonly from: string
  readonly to: string
  readonly amount: number
}

export type TransferResult =
  | { readonly ok: true; readonly before: readonly [from: Held, to: Held] }
  | { readonly ok: false; readonly reason: 'funds'; readonly before: readonly [from: Held, to: Held] }

export type Pairs = readonly (readonly [key: string, value: Json])[]

/** Under this key the second version has written down how many keys there were when it began: before all others. */
const CONVERTED = '!converted'

const all = map<Json>()

const spanOf = (operation: Operation): Span => {
  switch (operation.op) {
    case 'get':
      return read(operation.key)
    case 'scan':
      return readRange(operation.from, operation.to)
    case 'clear':
      return writeRange(operation.from, operation.to)
    default:
      return write(operation.key)
  }
}

export const rangeOf = ({ from, to }: { readonly from: string; readonly to: string | undefined }): KeyRange =>
  to === undefined ? { from } : { from, to }

const run = (tx: Tx, operation: Operation): Json | undefined => {
  switch (operation.op) {
    case 'get':
      return all.get(tx, operation.key)
    case 'put':
      all.set(tx, operation.key, operation.value)
      return undefined
    case 'del':
      return all.delete(tx, operation.key)
    case 'cas':
      return all.compareAndSet(tx, operation.key, operation.expected, operation.value)
    case 'scan':
      return [...all.entries(tx, rangeOf(operation))]
    case 'clear':
      return all.clear(tx, rangeOf(operation))
  }
}

type BankMutators = {
  /** One after the other, as one; the outcome of each is a list of one, or of none where it has none. */
  readonly several: Mutator<{ readonly operations: readonly Operation[] }, readonly (readonly Json[])[]>
  readonly transfer: Mutator<Transfer, TransferResult>
  /** Shares out what is in the accounts of a range that were ever used, and says what was in them. */
  readonly level: Mutator<{ readonly from: string; readonly to: string }, Pairs>
  /** Sets what was not there; throws where something is, after it has set it. */
  readonly insist: Mutator<{ readonly key: string; readonly value: Json }, void>
}

const bank: BankMutators = {
  several: {
    touches: ({ operations }) => operations.map(spanOf),
    run: (tx, { operations }) =>
      operations.map((operation) => {
        const outcome = run(tx, operation)
        return outcome === undefined ? [] : [outcome]
      }),
  },
  transfer: {
    touches: ({ from, to }) => [write(from), write(to)],
    run(tx, { from, to, amount }) {
      const before = [tx.get<number>(from) ?? null, tx.get<number>(to) ?? null] as const
      const [payer = OPENING, payee = OPENING] = before.map((held) => held ?? OPENING)
      tx.set(from, payer - amount)
      tx.set(to, payee + amount)
      // Late: what is written by now has to go again.
      return payer < amount ? refuse('funds', { before }) : { ok: true, before }
    },
  },
  level: {
    touches: ({ from, to }) => [writeRange(from, to)],
    run(tx, { from, to }) {
      const before = [...tx.scan<number>({ from, to })]
      for (const [key, value] of levelled(before)) tx.set(key, value)
      return before
    },
  },
  insist: {
    touches: ({ key }) => [write(key)],
    run(tx, { key, value }) {
      const held = tx.get(key)
      tx.set(key, value)
      if (held !== undefined) throw new Error(JSON.stringify(held))
    },
  },
}

/** The same sum, shared out: the first get what is left over. */
export const levelled = (pairs: readonly (readonly [key: string, value: number])[]): readonly [string, number][] => {
  const sum = pairs.reduce((total, [, value]) => total + value, 0)
  const share = Math.floor(sum / pairs.length)
  return pairs.map(([key], at) => [key, share + (at < sum - share * pairs.length ? 1 : 0)])
}

export type SimulatedState = StateDefinition<PartCalls<MapMutators<Json> & BankMutators>, View>

const mutators = { ...all.mutators, ...bank }

/** What groups of a simulation replicate: values under keys, and accounts among them. */
export const simulatedState: SimulatedState = defineState({ version: 1, mutators })

/** The same, a version later. */
export const laterState: SimulatedState = defineState({
  version: 2,
  mutators,
  migrations: {
    2: (tx) => tx.set(CONVERTED, [...tx.scan()].length),
  },
})

/** How many keys there were when the second version began; undefined while it has not. */
export const convertedOf = (view: View): Json | undefined => view.get(CONVERTED)

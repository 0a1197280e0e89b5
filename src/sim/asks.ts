import { decodeJson, type Outcome as Executed, type Json, type Mutation, type Proposal } from '../state/index.js'
import { Violation } from './checkers/violation.js'
import type { Operation, Outcome } from './history.js'
import {
  type Held,
  levelled,
  OPENING,
  type Pairs,
  rangeOf,
  simulatedState,
  type Transfer,
  type TransferResult,
} from './state.js'

/** What clients ask for: one call of a mutator. */
export type Ask =
  | { readonly kind: 'operations'; readonly operations: readonly Operation[] }
  | { readonly kind: 'add'; readonly key: string; readonly by: number }
  | ({ readonly kind: 'transfer' } & Transfer)
  | { readonly kind: 'level'; readonly from: string; readonly to: string }
  /** A read of a range that holds accounts, and all of them. */
  | { readonly kind: 'audit'; readonly from: string; readonly to: string }
  | { readonly kind: 'insist'; readonly key: string; readonly value: Json }

/** What a call was, once it is known what it came to: as single operations on keys, that have happened as one. */
export interface Told {
  readonly operations: readonly Operation[]
  readonly outcomes: readonly Outcome[]
}

/** What has executed, with a result, or by throwing. */
export type Done = Extract<Executed, { kind: 'done' | 'threw' }>

/** @param number of the call, which no other call of the run has */
export const proposalOf = (ask: Ask, number: number, now: number): Proposal => {
  let proposal: Proposal | undefined
  const calls = simulatedState.calls({
    propose(_name, _args, make) {
      proposal = make({ now: Math.round(now), seed: number, author: '' })
      // Whoever waits for it waits elsewhere.
      return undefined as unknown as Mutation<unknown>
    },
  })
  switch (ask.kind) {
    case 'operations':
      if (ask.operations.length === 1) askOne(calls, ask.operations[0] as Operation)
      else calls.several(ask)
      break
    case 'audit':
      calls.scan(rangeOf(ask))
      break
    case 'add':
      calls.add({ key: ask.key, by: ask.by })
      break
    case 'transfer':
      calls.transfer({ from: ask.from, to: ask.to, amount: ask.amount })
      break
    case 'level':
      calls.level({ from: ask.from, to: ask.to })
      break
    case 'insist':
      calls.insist({ key: ask.key, value: ask.value })
  }
  return proposal as Proposal
}

const askOne = (calls: ReturnType<typeof simulatedState.calls>, operation: Operation): void => {
  switch (operation.op) {
    case 'get':
      calls.get({ key: operation.key })
      return
    case 'put':
      calls.set({ key: operation.key, value: operation.value })
      return
    case 'del':
      calls.delete({ key: operation.key })
      return
    case 'cas':
      calls.compareAndSet({ key: operation.key, expected: operation.expected, wanted: operation.value })
      return
    default:
      calls[operation.op](rangeOf(operation))
  }
}

const numbers = new WeakMap<Uint8Array, number>()

/** The number of the call that a command's payload was made for: of all commands that it was ever proposed as. */
export const numberOf = ({ payload }: Pick<Proposal, 'payload'>): number => {
  let number = numbers.get(payload)
  if (number === undefined) {
    const [, , , seed] = decodeJson(payload) as readonly Json[]
    number = seed as number
    numbers.set(payload, number)
  }
  return number
}

/** What an ask was, with that outcome. */
export const toldOf = (ask: Ask, done: Done): Told => {
  if (done.kind === 'threw' && ask.kind !== 'insist') throw new Violation('threw', `${ask.kind}: ${done.message}`)
  const result = done.kind === 'done' ? done.result : undefined
  switch (ask.kind) {
    case 'operations': {
      const { operations } = ask
      if (operations.length === 1) return { operations, outcomes: [result] }
      return { operations, outcomes: (result as readonly (readonly Json[])[]).map(([each]) => each) }
    }
    case 'audit':
      return { operations: [{ op: 'scan', from: ask.from, to: ask.to }], outcomes: [result] }
    case 'add': {
      const { value } = result as { readonly value: number }
      // What is not there counts as nothing; no value is 0.
      return replaced(ask.key, value === ask.by ? undefined : value - ask.by, value)
    }
    case 'insist':
      if (done.kind === 'threw') {
        return { operations: [{ op: 'get', key: ask.key }], outcomes: [JSON.parse(done.message) as Json] }
      }
      return {
        operations: [
          { op: 'get', key: ask.key },
          { op: 'put', key: ask.key, value: ask.value },
        ],
        outcomes: [undefined, undefined],
      }
    case 'level': {
      const before = result as Pairs as readonly (readonly [string, number])[]
      const puts = levelled(before).map(([key, value]): Operation => ({ op: 'put', key, value }))
      return {
        operations: [{ op: 'scan', from: ask.from, to: ask.to }, ...puts],
        outcomes: [before, ...puts.map(() => undefined)],
      }
    }
    case 'transfer':
      return transferred(ask, result as TransferResult)
  }
}

const transferred = ({ from, to, amount }: Transfer, { ok, before: [payer, payee] }: TransferResult): Told => {
  if (!ok) {
    return {
      operations: [
        { op: 'get', key: from },
        { op: 'get', key: to },
      ],
      outcomes: [payer ?? undefined, payee ?? undefined],
    }
  }
  const paid = replaced(from, payer ?? undefined, balanceOf(payer) - amount)
  const got = replaced(to, payee ?? undefined, balanceOf(payee) + amount)
  return { operations: [...paid.operations, ...got.operations], outcomes: [...paid.outcomes, ...got.outcomes] }
}

const balanceOf = (held: Held): number => held ?? OPENING

const replaced = (key: string, expected: Json | undefined, value: Json): Told => ({
  operations: [{ op: 'cas', key, expected, value }],
  outcomes: [{ ok: true }],
})

import fc, { type Arbitrary } from 'fast-check'
import { type Command, read, readRange, type Span, type Sweep, write, writeRange } from '../core/index.js'
import { byKey, inOrder, type Pair } from './in-order.js'
import { decodeJson, decodeRow, encodeJson, encodeRow, type Json } from './json.js'
import type { Proposal, StateMachine } from './machine.js'
import type { Reading } from './mutator.js'
import { InvalidSnapshot } from './snapshot.js'

/** Test equipment: a state machine of few words, and commands for it, by sessions that are named by a number. */

export const session = (name: number, born = 0): string =>
  born.toString(16).padStart(8, '0') + name.toString(16).padStart(24, '0')

/** What a `Table` can do. */
export type Operation =
  | readonly ['get' | 'delete' | 'fail', key: string]
  | readonly ['set', key: string, value: Json]
  | readonly ['add', key: string, by: number]
  | readonly ['scan' | 'clear', from: string, to: string]

/** What depends on a command's place in its session, besides its sequence. */
export type Placed = Partial<Pick<Command, 'acknowledged' | 'after'>>

export const command = (
  by: string,
  sequence: number,
  spans: readonly Span[],
  operation: Operation,
  { acknowledged = 0, after = [] }: Placed = {},
): Command => ({ spans, payload: encodeJson(operation as Json), session: by, sequence, acknowledged, after })

export const sweep = (after: number, ...named: Json[]): Sweep => ({
  kind: 'sweep',
  payload: encodeJson([after, named]),
})

/** Keeps JSON under keys. */
export class Table implements StateMachine<ReadonlyMap<string, Json>> {
  readonly #values: Map<string, Json>
  #shown: ReadonlyMap<string, Json> | undefined

  constructor(values: Iterable<Pair<Json>> = []) {
    this.#values = new Map(values)
  }

  get value(): ReadonlyMap<string, Json> {
    this.#shown ??= new Map(this.#values)
    return this.#shown
  }

  apply({ payload }: Proposal): Json | undefined {
    const values = this.#values
    this.#shown = undefined
    const operation = decodeJson(payload) as unknown as Operation
    const key = operation[1]
    switch (operation[0]) {
      case 'get':
        return values.get(key)
      case 'set':
        values.set(key, operation[2])
        return undefined
      case 'delete':
        return values.delete(key)
      case 'add': {
        const sum = ((values.get(key) ?? 0) as number) + operation[2]
        values.set(key, sum)
        return { ok: true, value: sum }
      }
      case 'scan':
        return this.#within(key, operation[2])
      case 'clear':
        return this.#within(key, operation[2]).map(([name]) => {
          values.delete(name)
          return name
        })
      case 'fail':
        throw new Error(`${key} fails`)
    }
  }

  reading(): Reading {
    throw new Error('a table is not read here')
  }

  fork(): Table {
    return new Table(this.#values)
  }

  snapshot(): Iterable<Uint8Array> {
    return piecesOf([...this.#values])
  }

  restore(pieces: Iterable<Uint8Array>): void {
    const restored = new Map<string, Json>()
    for (const piece of pieces) {
      const pair = decodeRow(piece)
      const [key, value, more] = Array.isArray(pair) ? (pair as readonly Json[]) : []
      if (typeof key !== 'string' || value === undefined || more !== undefined || restored.has(key)) {
        throw new InvalidSnapshot('malformed', 'a table has keys and values')
      }
      restored.set(key, value)
    }
    this.#shown = undefined
    this.#values.clear()
    for (const [key, value] of restored) this.#values.set(key, value)
  }

  #within(from: string, to: string): readonly Pair<Json>[] {
    return [...this.#values].filter(([key]) => from <= key && key < to).sort(byKey)
  }
}

function* piecesOf(pairs: readonly Pair<Json>[]): Generator<Uint8Array> {
  for (const pair of inOrder(pairs)) yield encodeRow(pair)
}

/** A table that does something else than tables do. */
export const tableThat = (apply: (command: Proposal) => Json | undefined): StateMachine =>
  Object.assign(new Table(), { apply })

const key = fc.constantFrom('a', 'b', 'c', 'd')

/** What a table can do, with the span it takes. */
export const doing: Arbitrary<readonly [readonly Span[], Operation]> = fc
  .oneof(
    key.map((k) => [[read(k)], ['get', k]] as const),
    fc.tuple(key, fc.nat(9)).map(([k, n]) => [[write(k)], ['add', k, n]] as const),
    key.map((k) => [[write(k)], ['delete', k]] as const),
    key.map((k) => [[readRange(k, 'd')], ['scan', k, 'd']] as const),
    key.map((k) => [[writeRange(k, 'd')], ['clear', k, 'd']] as const),
    // It throws, at every replica alike.
    key.map((k) => [[write(k)], ['fail', k]] as const),
  )
  .filter(([[span]]) => span?.kind !== 'range' || span.from !== 'd')

/** What a state may hold: JSON, but for the one name that no property can have. */
export const anyJson = (options: fc.JsonSharedConstraints = {}): fc.Arbitrary<Json> =>
  (fc.jsonValue(options) as fc.Arbitrary<Json>).filter((value) => !JSON.stringify(value).includes('"__proto__":'))

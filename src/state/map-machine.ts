import type { Command } from '../core/index.js'
import { byKey, inOrder, type Pair } from './in-order.js'
import { decodeRow, encodeRow, type Json, sameJson } from './json.js'
import type { StateMachine } from './machine.js'
import { listed, type Operation, operationsOf } from './operation.js'
import { InvalidSnapshot } from './snapshot.js'

/** Executes the operations of a `ReplicatedMap` on the values it is given. */
export class MapMachine implements StateMachine {
  readonly #values: Map<string, Json>

  constructor(values: Map<string, Json>) {
    this.#values = values
  }

  /** The result of the operation; of several, a list with a list of one result, or none, for each. */
  apply(command: Command): Json | undefined {
    const operations = operationsOf(command)
    if (operations === undefined) throw new TypeError('no operation of a map, or one that its spans do not cover')
    if (operations[0] !== 'all') return this.#run(operations)
    const [, ...several] = operations
    return several.map((operation) => listed(this.#run(operation)))
  }

  /** One piece for each key. To freeze it is to copy the entries: values never change. */
  snapshot(): Iterable<Uint8Array> {
    return rowsOf([...this.#values])
  }

  restore(pieces: Iterable<Uint8Array>): void {
    const restored = new Map<string, Json>()
    for (const piece of pieces) {
      const pair = decodeRow(piece)
      const [key, value, more] = Array.isArray(pair) ? (pair as readonly Json[]) : []
      if (typeof key !== 'string' || value === undefined || more !== undefined || restored.has(key)) {
        throw new InvalidSnapshot('malformed', 'a map has keys and values')
      }
      restored.set(key, value)
    }
    this.#values.clear()
    for (const [key, value] of restored) this.#values.set(key, value)
  }

  #run(operation: Operation): Json | undefined {
    const values = this.#values
    const key = operation[1]
    switch (operation[0]) {
      case 'get':
        return values.get(key)
      case 'set':
        values.set(key, operation[2])
        return undefined
      case 'delete':
        return values.delete(key)
      case 'compare-and-set': {
        const [, , [expected], [wanted]] = operation
        const actual = values.get(key)
        if (!sameJson(actual, expected)) return refusal(actual)
        if (wanted === undefined) values.delete(key)
        else values.set(key, wanted)
        return { ok: true }
      }
      case 'add': {
        const actual = values.get(key)
        const sum = typeof actual === 'number' ? actual + operation[2] : operation[2]
        const addable = (actual === undefined || typeof actual === 'number') && Number.isFinite(sum)
        if (!addable) return refusal(actual)
        values.set(key, sum)
        return { ok: true, value: sum }
      }
      case 'scan':
        return this.#within(key, operation[2])
      case 'clear': {
        const cleared = this.#within(key, operation[2]).map(([name]) => name)
        for (const name of cleared) values.delete(name)
        return cleared
      }
    }
  }

  /** Goes through the whole map, and sorts what it finds. */
  #within(from: string, to: string | null): readonly Pair<Json>[] {
    return [...this.#values].filter(([key]) => from <= key && (to === null || key < to)).sort(byKey)
  }
}

function* rowsOf(pairs: readonly Pair<Json>[]): Generator<Uint8Array> {
  for (const pair of inOrder(pairs)) yield encodeRow(pair)
}

const refusal = (actual: Json | undefined): Json => (actual === undefined ? { ok: false } : { ok: false, actual })

import { type Command, read, type Span, write } from '../core/index.js'
import { decodeJson, encodeJson, type Json, sameJson } from './json.js'
import type { Propose, StateDefinition, StateMachine } from './machine.js'

/** What one command does to one key. It is what the payload holds, as JSON. */
type Operation =
  | readonly ['get', string]
  | readonly ['set', string, Json]
  | readonly ['delete', string]
  /** Key, expected, wanted: a list of one, or of none for "not there". */
  | readonly ['compare-and-set', string, readonly Json[], readonly Json[]]
  | readonly ['add', string, number]

/** The expected value was there, and has been replaced; or it was not, and nothing has changed. */
export type CompareAndSetResult = { readonly ok: true } | { readonly ok: false; readonly actual: Json | undefined }

/** The new sum; or nothing has changed, since what is there is no number, or the sum would not be finite. */
export type AddResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly actual: Json | undefined }

/** A command that no `ReplicatedMap` has made was executed, and has changed nothing. */
const MALFORMED = Object.freeze({ malformed: true })

/** What this replica has executed so far: at once, and possibly behind others. */
export interface LocalMap {
  get(key: string): Json | undefined
  has(key: string): boolean
  readonly size: number
  /** In no particular order. */
  entries(): IterableIterator<[string, Json]>
}

/**
 * A map of JSON values under string keys, the same on every replica. Every method but those of `local` goes through
 * consensus: its promise resolves once it is executed here, and sees all that was answered anywhere before it was
 * called (linearizable). It rejects when the room can't tell the outcome any more; an `InvalidCommand`, a
 * `CommandTooLarge` or a `TypeError` says that the key or value can't be proposed.
 */
export class ReplicatedMap {
  readonly #propose: Propose

  constructor(
    propose: Propose,
    /** Reads without consensus. */
    readonly local: LocalMap,
  ) {
    this.#propose = propose
  }

  async get(key: string): Promise<Json | undefined> {
    return (await this.#run(['get', key], read(key))) as Json | undefined
  }

  async set(key: string, value: Json): Promise<void> {
    await this.#run(['set', key, value], write(key))
  }

  /** Whether there was something to delete. */
  async delete(key: string): Promise<boolean> {
    return (await this.#run(['delete', key], write(key))) as boolean
  }

  /** Undefined stands for "not there", as what is expected and as what is wanted. */
  async compareAndSet(key: string, expected: Json | undefined, wanted: Json | undefined): Promise<CompareAndSetResult> {
    const operation = ['compare-and-set', key, listed(expected), listed(wanted)] as const
    return (await this.#run(operation, write(key))) as CompareAndSetResult
  }

  /** Adds to a number; what is not there counts as 0. */
  async add(key: string, amount: number): Promise<AddResult> {
    return (await this.#run(['add', key, amount], write(key))) as AddResult
  }

  async #run(operation: Operation, span: Span): Promise<unknown> {
    const result = await this.#propose({ spans: [span], payload: encodeJson(operation) })
    if (result === MALFORMED) throw new TypeError(`no such operation on this map: ${operation[0]}`)
    return result
  }
}

/** A room's state as a map. */
export const replicatedMap = (): StateDefinition<ReplicatedMap> => ({
  create(propose) {
    const values = new Map<string, Json>()
    return { machine: new MapMachine(values), api: new ReplicatedMap(propose, viewOf(values)) }
  },
})

/** What an application gets of it: nothing to change it by. */
const viewOf = (values: ReadonlyMap<string, Json>): LocalMap => ({
  get: (key) => values.get(key),
  has: (key) => values.has(key),
  get size() {
    return values.size
  },
  entries: () => values.entries(),
})

class MapMachine implements StateMachine {
  readonly #values: Map<string, Json>

  constructor(values: Map<string, Json>) {
    this.#values = values
  }

  apply(command: Command): unknown {
    const operation = operationOf(command)
    return operation === undefined ? MALFORMED : this.#run(operation)
  }

  #run(operation: Operation): unknown {
    const values = this.#values
    const key = operation[1]
    const actual = values.get(key)
    switch (operation[0]) {
      case 'get':
        return actual
      case 'set':
        values.set(key, operation[2])
        return undefined
      case 'delete':
        return values.delete(key)
      case 'compare-and-set': {
        const [, , [expected], wanted] = operation
        if (!sameJson(actual, expected)) return { ok: false, actual }
        if (wanted[0] === undefined) values.delete(key)
        else values.set(key, wanted[0])
        return { ok: true }
      }
      case 'add': {
        const sum = typeof actual === 'number' ? actual + operation[2] : operation[2]
        const addable = (actual === undefined || typeof actual === 'number') && Number.isFinite(sum)
        if (!addable) return { ok: false, actual }
        values.set(key, sum)
        return { ok: true, value: sum }
      }
    }
  }
}

/** The operation of a command; undefined where a peer has sent something else, or spans that don't cover what it does. */
const operationOf = ({ spans, payload }: Command): Operation | undefined => {
  const raw = decodeJson(payload)
  if (!Array.isArray(raw) || typeof raw[1] !== 'string') return undefined
  const operation = shaped(raw, raw[1])
  const [span] = spans
  const covered = spans.length === 1 && span?.kind === 'key' && span.key === raw[1]
  return covered && (span.write || operation?.[0] === 'get') ? operation : undefined
}

const shaped = (raw: readonly Json[], key: string): Operation | undefined => {
  const [name, , a, b] = raw
  if (name === 'get' && raw.length === 2) return [name, key]
  if (name === 'delete' && raw.length === 2) return [name, key]
  if (name === 'set' && raw.length === 3 && a !== undefined) return [name, key, a]
  if (name === 'add' && raw.length === 3 && typeof a === 'number') return [name, key, a]
  if (name === 'compare-and-set' && raw.length === 4 && optional(a) && optional(b)) return [name, key, a, b]
  return undefined
}

/** JSON has no undefined: a list of one value or none stands for it. */
const listed = (value: Json | undefined): readonly Json[] => (value === undefined ? [] : [value])
const optional = (value: Json | undefined): value is readonly Json[] => Array.isArray(value) && value.length <= 1

import type { Span } from '../core/index.js'
import { encodeJson, type Json } from './json.js'
import type { Propose, StateDefinition } from './machine.js'
import { MapMachine } from './map-machine.js'
import { listed, type Operation, type Operations, spanOf } from './operation.js'

/** The expected value was there, and has been replaced; or it was not, and nothing has changed. */
export type CompareAndSetResult =
  | { readonly ok: true }
  /** `actual` is absent where nothing was there. */
  | { readonly ok: false; readonly actual?: Json | undefined }

/** The new sum; or nothing has changed, since what is there is no number, or the sum would not be finite. */
export type AddResult =
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly actual?: Json | undefined }

type Method = 'get' | 'set' | 'delete' | 'compareAndSet' | 'add' | 'scan' | 'clear'

/** A call of one of the map's methods, as its name and its arguments: `['set', 'seat/12', 'Ada']`. */
export type MapOperation = { [M in Method]: readonly [method: M, ...Parameters<ReplicatedMap[M]>] }[Method]

/** What that call resolves with. */
export type MapResult<O extends MapOperation> = Awaited<ReturnType<ReplicatedMap[O[0]]>>

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
 * `CommandTooLarge` or a `TypeError` says that the key or value can't be proposed. Keys are ordered by UTF-16 code
 * units, as `<` orders strings.
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

  get(key: string): Promise<Json | undefined> {
    return this.#run(['get', key])
  }

  set(key: string, value: Json): Promise<void> {
    return this.#run(['set', key, value])
  }

  /** Whether there was something to delete. */
  delete(key: string): Promise<boolean> {
    return this.#run(['delete', key])
  }

  /** Undefined stands for "not there", as what is expected and as what is wanted. */
  compareAndSet(key: string, expected: Json | undefined, wanted: Json | undefined): Promise<CompareAndSetResult> {
    return this.#run(['compareAndSet', key, expected, wanted])
  }

  /** Adds to a number; what is not there counts as 0. */
  add(key: string, amount: number): Promise<AddResult> {
    return this.#run(['add', key, amount])
  }

  /**
   * The keys in `[from, to)` with their values, in order; up to the last key without `to`. It waits for, and holds
   * up, whatever changes one of them; its time grows with the whole map.
   */
  scan(from: string, to?: string): Promise<readonly (readonly [key: string, value: Json])[]> {
    return this.#run(['scan', from, to])
  }

  /** Deletes the keys in `[from, to)`, and says which there were, in order; up to the last key without `to`. */
  clear(from: string, to?: string): Promise<readonly string[]> {
    return this.#run(['clear', from, to])
  }

  /**
   * Does several things one after the other, with nothing of anybody else in between, and resolves with their
   * results. What one of them finds keeps none of the others from being done. At most 64 of them.
   *
   *     const [before] = await map.atomically([['get', 'seat/12'], ['delete', 'seat/12'], ['add', 'free', 1]])
   */
  async atomically<const O extends readonly MapOperation[]>(
    operations: O,
  ): Promise<{ -readonly [I in keyof O]: MapResult<O[I]> }> {
    const several = operations.map(encoded)
    const results = (await this.#send(['all', ...several], several.map(spanOf))) as readonly (readonly Json[])[]
    return results.map(([result]) => result) as { -readonly [I in keyof O]: MapResult<O[I]> }
  }

  async #run<const O extends MapOperation>(call: O): Promise<MapResult<O>> {
    const operation = encoded(call)
    return (await this.#send(operation, [spanOf(operation)])) as MapResult<O>
  }

  #send(operations: Operations, spans: readonly Span[]): Promise<unknown> {
    return this.#propose({ spans, payload: encodeJson(operations) })
  }
}

/** A room's state as a map. */
export const replicatedMap = (): StateDefinition<ReplicatedMap> => ({
  versions: [1, 1],
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

const encoded = (call: MapOperation): Operation => {
  switch (call[0]) {
    case 'compareAndSet':
      return ['compare-and-set', call[1], listed(call[2]), listed(call[3])]
    case 'scan':
    case 'clear':
      return [call[0], call[1], call[2] ?? null]
    default:
      return call
  }
}

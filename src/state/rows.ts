import { hashText } from './digest.js'
import type { Json, Plain } from './json.js'
import type { ScanOptions, View } from './mutator.js'
import type { OrderedMap } from './ordered-map.js'

/** What a key holds. */
export interface Row {
  /** Frozen. */
  readonly value: Json
  /** Of key and value, for the digest. */
  readonly hash: number
}

export const rowOf = (key: string, value: Json): Row => ({
  value,
  hash: hashText(JSON.stringify(value), hashText(key)),
})

/** All that a map of rows holds. It shows what happens to the map. */
export class RowsView implements View {
  readonly #rows: OrderedMap<Row>

  constructor(rows: OrderedMap<Row>) {
    this.#rows = rows
  }

  get size(): number {
    return this.#rows.size
  }

  get<T extends Plain<T> = Json>(key: string): T | undefined {
    return this.#rows.get(key)?.value as T | undefined
  }

  has(key: string): boolean {
    return this.#rows.has(key)
  }

  scan<T extends Plain<T> = Json>(range?: ScanOptions): Iterable<readonly [key: string, value: T]> {
    const rows = this.#rows.fork()
    return { [Symbol.iterator]: () => valuesOf<T>(rows.entries(range)) }
  }
}

function* valuesOf<T extends Plain<T>>(entries: Iterable<readonly [string, Row]>): Generator<readonly [string, T]> {
  for (const [key, { value }] of entries) yield [key, value as T]
}

import { checkKey, type Span } from '../core/index.js'
import { Declaration } from './declaration.js'
import { frozenCopy, type Json, type Plain } from './json.js'
import type { Circumstances } from './machine.js'
import type { Reading, ScanOptions, Tx } from './mutator.js'
import type { OrderedMap } from './ordered-map.js'
import { type Row, RowsView, rowOf } from './rows.js'
import { seededRandom } from './seeded.js'
import type { UndeclaredKey } from './state-errors.js'

/** What is declared of a map of rows. */
export class DeclaredReading implements Reading {
  readonly #view: RowsView
  protected readonly declaration: Declaration

  /** @param mutator who reads; undefined: a read does */
  constructor(rows: OrderedMap<Row>, spans: readonly Span[], mutator?: string) {
    this.#view = new RowsView(rows)
    this.declaration = new Declaration(spans, mutator)
  }

  /** The first that was touched in spite of what was declared. */
  get broken(): UndeclaredKey | undefined {
    return this.declaration.broken
  }

  get<T extends Plain<T> = Json>(key: string): T | undefined {
    this.declaration.checkKey(key, false)
    return this.#view.get<T>(key)
  }

  has(key: string): boolean {
    this.declaration.checkKey(key, false)
    return this.#view.has(key)
  }

  scan<T extends Plain<T> = Json>(range: ScanOptions = {}): Iterable<readonly [key: string, value: T]> {
    const { from = '', to } = range
    if (to !== undefined && to <= from) return []
    this.declaration.checkRange(from, to, false)
    return this.#view.scan<T>(range)
  }
}

/** The keys that were set or deleted, and what was there before. */
export type Written = ReadonlyMap<string, Row | undefined>

export interface TransactionOptions {
  readonly mutator: string
  readonly spans: readonly Span[]
  readonly circumstances: Circumstances
  /** Of the state. */
  readonly version: number
}

/** One mutator's work on a map of rows: done in place, and undone where it comes to nothing. */
export class Transaction extends DeclaredReading implements Tx {
  readonly now: number
  readonly author: string
  readonly version: number
  readonly random: () => number
  readonly #rows: OrderedMap<Row>
  readonly #before = new Map<string, Row | undefined>()

  constructor(rows: OrderedMap<Row>, { mutator, spans, circumstances, version }: TransactionOptions) {
    super(rows, spans, mutator)
    this.#rows = rows
    this.now = circumstances.now
    this.author = circumstances.author
    this.random = seededRandom(circumstances.seed)
    this.version = version
  }

  set<T extends Plain<T>>(key: string, value: T): void {
    // A range covers keys that no command could name.
    checkKey(key)
    this.declaration.checkKey(key, true)
    const row = rowOf(key, frozenCopy(value))
    this.#remember(key)
    this.#rows.set(key, row)
  }

  delete(key: string): boolean {
    this.declaration.checkKey(key, true)
    if (!this.#rows.has(key)) return false
    this.#remember(key)
    return this.#rows.delete(key)
  }

  /** What is written. */
  get written(): Written {
    return this.#before
  }

  /** Nothing can be touched any more. @throws UndeclaredKey where something was touched that was not declared */
  end(): Written {
    this.declaration.end()
    if (this.broken !== undefined) throw this.broken
    return this.#before
  }

  /** All is as it was before, and nothing can be touched any more. */
  undo(): void {
    this.declaration.end()
    for (const [key, row] of this.#before) {
      if (row === undefined) this.#rows.delete(key)
      else this.#rows.set(key, row)
    }
    this.#before.clear()
  }

  #remember(key: string): void {
    if (!this.#before.has(key)) this.#before.set(key, this.#rows.get(key))
  }
}

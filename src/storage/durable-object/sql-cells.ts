import type { CellKey, Cells, Change } from '../cells.js'
import { StorageError } from '../error.js'
import { onDatabase, refusalOf } from './refusal.js'
import type { ObjectSql, ObjectStorage, SqlRows } from './sqlite.js'

/** A row may have two million bytes, key and all: what is longer goes into several. */
const PIECE_BYTES: number = 1 << 20

/**
 * The column `key` has no type: a number stays a number, and SQLite sorts all of them before text. Without row ids each cell
 * is one row written, not two.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS epaxos_place (name TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS epaxos_replicas (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    room TEXT NOT NULL,
    replica TEXT NOT NULL,
    quarantined INTEGER NOT NULL DEFAULT 0,
    UNIQUE (room, replica)
  );
  CREATE TABLE IF NOT EXISTS epaxos_cells (
    replica INTEGER NOT NULL,
    key NOT NULL,
    piece INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (replica, key, piece)
  ) WITHOUT ROWID`

export const createTables = (sql: ObjectSql): void => {
  sql.exec(TABLES)
}

/** The cells of one replica in the database of its object, which may hold others'. */
export class SqlCells implements Cells {
  readonly #storage: ObjectStorage
  readonly #replica: number
  #closed = false

  /** @param replica its number in `epaxos_replicas` */
  constructor(storage: ObjectStorage, replica: number) {
    this.#storage = storage
    this.#replica = replica
  }

  // In one turn, so that nobody writes meanwhile.
  async read(keys: readonly CellKey[]): Promise<readonly unknown[]> {
    return this.#using((sql) => keys.map((key) => this.#select(sql, key, key).get(key)))
  }

  async readNumbers(from: number, to: number): Promise<readonly unknown[]> {
    return this.#using((sql) => {
      const held = this.#select(sql, from, to)
      return Array.from({ length: to - from + 1 }, (_, i) => held.get(from + i))
    })
  }

  async lastNumber(): Promise<number> {
    return this.#using((sql) => this.#last(sql))
  }

  async commit(changes: readonly Change[]): Promise<void> {
    this.#using((sql) =>
      this.#storage.transactionSync(() => {
        const lowest = changes.find((change) => 'key' in change && typeof change.key === 'number')
        if (lowest !== undefined && 'key' in lowest && this.#last(sql) >= Number(lowest.key)) {
          throw new StorageError('shared', 'another live copy of this replica has written to its database')
        }
        for (const change of changes) this.#apply(sql, change)
      }),
    )
    try {
      await this.#storage.sync()
    } catch (cause) {
      throw refusalOf(cause)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
  }

  #using<T>(use: (sql: ObjectSql) => T): T {
    if (this.#closed) throw new StorageError('closed', 'the storage was closed by its owner')
    return onDatabase(() => use(this.#storage.sql))
  }

  /** Of numbers only: all text comes after the empty one, and no key is empty. */
  #last(sql: ObjectSql): number {
    const query = "SELECT MAX(key) AS last FROM epaxos_cells WHERE replica = ? AND key < ''"
    return Number(sql.exec(query, this.#replica).one().last ?? 0)
  }

  /** What is held under the keys from the one to the other, both included. */
  #select(sql: ObjectSql, from: CellKey, to: CellKey): ReadonlyMap<unknown, Uint8Array> {
    const query = 'SELECT key, bytes FROM epaxos_cells WHERE replica = ? AND key BETWEEN ? AND ? ORDER BY key, piece'
    return joined(sql.exec(query, this.#replica, from, to))
  }

  #apply(sql: ObjectSql, change: Change): void {
    if ('below' in change) {
      sql.exec('DELETE FROM epaxos_cells WHERE replica = ? AND key < ?', this.#replica, change.below)
      return
    }
    const { key, bytes } = change
    // A longer value may have been there.
    sql.exec('DELETE FROM epaxos_cells WHERE replica = ? AND key = ?', this.#replica, key)
    if (bytes === undefined) return
    for (let piece = 0; piece * PIECE_BYTES < bytes.length; piece++) {
      const part = bytes.subarray(piece * PIECE_BYTES, (piece + 1) * PIECE_BYTES)
      sql.exec('INSERT INTO epaxos_cells VALUES (?, ?, ?, ?)', this.#replica, key, piece, part)
    }
  }
}

/** The rows of a value come one after the other. */
const joined = (rows: SqlRows): ReadonlyMap<unknown, Uint8Array> => {
  const pieces = new Map<unknown, Uint8Array[]>()
  for (const { key, bytes } of rows) {
    const piece = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array()
    const earlier = pieces.get(key)
    if (earlier === undefined) pieces.set(key, [piece])
    else earlier.push(piece)
  }
  return new Map([...pieces].map(([key, parts]) => [key, concatenated(parts)]))
}

const concatenated = (parts: readonly Uint8Array[]): Uint8Array => {
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { CellKey, Cells, Change } from './cells.js'
import { StorageError } from './error.js'
import { entryBytes, Journal, readJournal } from './journal.js'
import {
  checkFile,
  commitMarked,
  contentOf,
  type Database,
  type Environment,
  encodeMark,
  failureOf,
  isMarked,
  looking,
  type Mark,
  readMark,
  sharedBy,
} from './lmdb-environment.js'
import { Pending } from './pending.js'

/**
 * So much is written into a journal before its changes are made in the database: seldom enough to cost little, often enough
 * to take a few milliseconds when it happens, and a moment when it is read back.
 */
const MAX_JOURNAL_BYTES = 262_144

/**
 * Cells in an LMDB database, and in front of it a journal, which makes a change durable in a fraction of the time. The
 * database says which journal counts; its changes are made in the same transaction that names the next one.
 */
export class LmdbCells implements Cells {
  readonly #environment: Environment
  #mark: Mark
  /** As the database holds it while nobody else has opened it. */
  #marked: Uint8Array
  #journal: Journal
  /** What the journal holds. */
  readonly #pending = new Pending()
  /** Ends with the last that was asked for. */
  #turn: Promise<unknown> = Promise.resolve()
  #closed = false

  private constructor(environment: Environment, mark: Mark, journal: Journal) {
    this.#environment = environment
    this.#mark = mark
    this.#marked = encodeMark(mark)
    this.#journal = journal
  }

  /** @throws StorageCorrupt for a journal that can't be trusted */
  static async open(environment: Environment): Promise<LmdbCells> {
    const { file, folder, replica } = environment
    const before = readMark(environment)
    const { generation } = before
    // First whoever had it is relieved: from then on what it writes is acknowledged no more. Then its journal is read.
    const taken: Mark = { opening: before.opening + 1, generation }
    await commitMarked(environment, encodeMark(before), encodeMark(taken), [])
    const pending = new Pending()
    if (generation > 0) pending.add(await readJournal({ folder, replica, generation }))
    const mark: Mark = { ...taken, generation: generation + 1 }
    try {
      const journal = await Journal.begin({ folder, replica, generation: mark.generation })
      const cells = new LmdbCells(environment, mark, journal)
      await commitMarked(environment, encodeMark(taken), encodeMark(mark), pending.changes())
      removeJournals(folder, mark.generation)
      return cells
    } catch (error) {
      throw await failureOf(error, file, pending.changes())
    }
  }

  async read(keys: readonly CellKey[]): Promise<readonly unknown[]> {
    return this.#reading((database) => keys.map((key) => contentOf(database, key)))
  }

  readNumbers(from: number, to: number): Promise<readonly unknown[]> {
    return this.read(Array.from({ length: to - from + 1 }, (_, i) => from + i))
  }

  lastNumber(): Promise<number> {
    return this.#reading(lastNumberOf)
  }

  commit(changes: readonly Change[]): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#journal.bytes + entryBytes(changes) > MAX_JOURNAL_BYTES) return this.#settle(changes)
      const { file, inode } = this.#environment
      try {
        await this.#journal.append(changes)
      } catch (error) {
        throw await failureOf(error, file)
      }
      // Whoever has opened the database meanwhile may have read the journal before this was in it.
      if (!isMarked(this.#environment, this.#marked)) throw sharedBy()
      if (!this.#journal.isThere) throw new StorageError('lost', `the journal of ${file} was deleted while in use`)
      checkFile(file, inode)
      this.#pending.add(changes)
    })
  }

  /** What is under way still finishes. */
  async close(): Promise<void> {
    if (this.#closed) return
    const settled = this.#inTurn(() => this.#settle([]))
    this.#closed = true
    // What the journal holds is found there when it is opened again.
    await settled.catch(() => {})
    this.#journal.close()
    await this.#environment.database.close()
  }

  #reading<T>(look: (database: Database) => T): Promise<T> {
    return this.#inTurn(async () => {
      await this.#settle([])
      const { database, file } = this.#environment
      return looking(database, file, () => look(database))
    })
  }

  /** Makes what the journal holds, and these changes, durable in the database, and begins the next journal. */
  async #settle(changes: readonly Change[]): Promise<void> {
    if (this.#pending.isEmpty && changes.length === 0) return
    const { file, folder, replica } = this.#environment
    const mark: Mark = { ...this.#mark, generation: this.#mark.generation + 1 }
    const marked = encodeMark(mark)
    let journal: Journal
    try {
      journal = await Journal.begin({ folder, replica, generation: mark.generation })
    } catch (error) {
      throw await failureOf(error, file)
    }
    try {
      // Not into what is pending, where it would stay if this failed.
      const all = new Pending()
      all.add(this.#pending.changes())
      all.add(changes)
      await commitMarked(this.#environment, this.#marked, marked, all.changes())
    } catch (error) {
      journal.remove()
      throw error
    }
    this.#pending.clear()
    this.#mark = mark
    this.#marked = marked
    this.#journal.remove()
    this.#journal = journal
  }

  /** One after the other, in the order in which they were asked for. */
  #inTurn<T>(act: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new StorageError('closed', 'the storage was closed by its owner'))
    const done = this.#turn.then(act, act)
    this.#turn = done
    return done
  }
}

/** Numbers sort before names. */
const lastNumberOf = (database: Database): number => {
  const [last] = database.getKeys({ start: Number.MAX_SAFE_INTEGER, end: 0, reverse: true, limit: 1 })
  return typeof last === 'number' ? last : 0
}

/** Those that do not count: what they hold is held by the database, or was never acknowledged. */
const removeJournals = (folder: string, counting: number): void => {
  for (const name of readdirSync(folder)) {
    if (/^journal-\d+$/.test(name) && name !== `journal-${counting}`) rmSync(join(folder, name))
  }
}

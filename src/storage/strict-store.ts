import { promisifyRequest, type UseStore } from 'idb-keyval'
import { StorageError, type StorageErrorCode } from './error.js'

const OBJECT_STORE = 'cells'

const codes: Readonly<Record<string, StorageErrorCode>> = {
  QuotaExceededError: 'quota',
  AbortError: 'aborted',
  InvalidStateError: 'closed',
  SecurityError: 'unavailable',
}

/** Resolves when the transaction is over: undefined when it is complete, otherwise why it is not. */
const endOf = (transaction: IDBTransaction): Promise<unknown> =>
  new Promise((resolve) => {
    transaction.addEventListener('complete', () => resolve(undefined))
    transaction.addEventListener('abort', () =>
      resolve(transaction.error ?? new DOMException('the transaction was aborted', 'AbortError')),
    )
  })

const abort = (transaction: IDBTransaction): void => {
  try {
    transaction.abort()
  } catch {
    // It is over already, which is what was wanted.
  }
}

/** Nothing more is asked of it: it need not wait until all answers have come back to the page. */
const commit = (transaction: IDBTransaction): void => {
  try {
    transaction.commit()
  } catch {
    // It is over already: it is known how by its end.
  }
}

/**
 * One object store of one database, in the shape that idb-keyval's functions take (`use`). Unlike
 * idb-keyval's own: transactions are strict, so that they complete only once the disk has confirmed; what
 * a callback did before it threw is undone; a connection that the browser has closed is opened again, once
 * per use. What the database refuses rejects with a `StorageError`; what a callback throws is passed on.
 */
export class StrictStore {
  readonly #database: string
  #connection: Promise<IDBDatabase> | undefined
  /** Opened before: from then on a database that is not there was deleted. */
  #known = false
  #closed = false

  constructor(database: string) {
    this.#database = database
  }

  readonly use: UseStore = async (mode, callback) => {
    try {
      const transaction = await this.#begin(mode)
      const end = endOf(transaction)
      let result: Awaited<ReturnType<typeof callback>>
      try {
        result = await callback(transaction.objectStore(OBJECT_STORE))
      } catch (error) {
        abort(transaction)
        // idb-keyval may pass on the transaction's own error before there is one: null.
        throw error ?? (await end)
      }
      if (mode === 'readwrite') commit(transaction)
      const failure = await end
      if (failure !== undefined) throw failure
      return result
    } catch (cause) {
      throw this.#failure(cause)
    }
  }

  /** Idempotent; transactions under way still finish. */
  async close(): Promise<void> {
    this.#closed = true
    const connection = await this.#connection?.catch(() => undefined)
    connection?.close()
  }

  async #begin(mode: IDBTransactionMode): Promise<IDBTransaction> {
    const connection = this.#connect()
    const begin = (database: IDBDatabase) => database.transaction(OBJECT_STORE, mode, { durability: 'strict' })
    try {
      return begin(await connection)
    } catch (error) {
      // Browsers close connections on their own, Safari without an event: the handle is dead, the data is not.
      if ((error as Error).name !== 'InvalidStateError') throw error
      if (this.#connection === connection) this.#connection = undefined
      return begin(await this.#connect())
    }
  }

  #connect(): Promise<IDBDatabase> {
    if (this.#closed) return Promise.reject(new StorageError('closed', 'the storage was closed by its owner'))
    this.#connection ??= this.#open()
    return this.#connection
  }

  async #open(): Promise<IDBDatabase> {
    if (typeof indexedDB === 'undefined') {
      throw new StorageError('unavailable', 'this place has no IndexedDB: use another storage, or another browser mode')
    }
    const request = indexedDB.open(this.#database, 1)
    let lost = false
    request.onupgradeneeded = () => {
      lost = this.#known
      // A replica whose promises are gone must not go on as if it had made none: better no database than an empty one.
      if (lost) request.transaction?.abort()
      else request.result.createObjectStore(OBJECT_STORE)
    }
    let database: IDBDatabase
    try {
      database = await promisifyRequest(request)
    } catch (cause) {
      if (!lost) throw cause
      throw new StorageError('lost', `IndexedDB database ${JSON.stringify(this.#database)} was deleted while in use`)
    }
    this.#known = true
    return database
  }

  #failure(cause: unknown): unknown {
    if (!(cause instanceof DOMException)) return cause
    const code = codes[cause.name] ?? 'failed'
    return new StorageError(code, `IndexedDB database ${JSON.stringify(this.#database)}: ${String(cause)}`, { cause })
  }
}

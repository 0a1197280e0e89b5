import { indexedDb } from 'epaxos/storage/indexeddb'
import { type Bare, type Findings, findingsOf } from './findings.js'

/** IndexedDB in a page, beside bare transactions of it. */

const STORE = 'cells'

/** All that is done with one database: it is opened once. */
const bareIn = async (durability: IDBTransactionDurability): Promise<Bare> => {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(`bench/${crypto.randomUUID()}`)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  let next = 0
  const using = (mode: IDBTransactionMode, use: (store: IDBObjectStore) => unknown): Promise<void> =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability })
      use(transaction.objectStore(STORE))
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error)
    })
  return {
    write: (content) => using('readwrite', (store) => store.put(content, next++)),
    read: () => using('readonly', (store) => store.getAll()),
  }
}

/** Has the library's transactions be relaxed ones, which they never are, for one use. */
const whileRelaxed = async <T>(use: () => Promise<T>): Promise<T> => {
  const { prototype } = IDBDatabase
  const { transaction } = prototype
  prototype.transaction = function (stores, mode) {
    return transaction.call(this, stores, mode, { durability: 'relaxed' })
  }
  try {
    return await use()
  } finally {
    prototype.transaction = transaction
  }
}

/** @param sizes of a batch with so many records, as it is stored, in bytes */
export const findings = (
  durability: 'strict' | 'relaxed',
  sizes: Readonly<Record<number, number>>,
  rounds: number,
): Promise<Findings> => {
  const find = (): Promise<Findings> =>
    findingsOf({ factory: indexedDb(), bare: () => bareIn(durability), spentMicros: undefined }, sizes, rounds)
  return durability === 'strict' ? find() : whileRelaxed(find)
}

import { getMany, promisifyRequest } from 'idb-keyval'
import { bytesToHex, hexToBytes, ID_BYTES, type ReplicaId } from '../wire/index.js'
import type { CellKey, Cells, Change } from './cells.js'
import type { StorageFactory } from './contract.js'
import { StorageCorrupt, StorageError } from './error.js'
import { Log } from './log.js'
import { randomPlace } from './place.js'
import { fromStored, toStored } from './stored.js'
import { StrictStore } from './strict-store.js'

/** The database that lists, per room, the replicas which have one. */
const INDEX_DATABASE = 'epaxos'

/** The database that holds the name of this browser profile, for this origin, under its one key. */
const PLACE_DATABASE = 'epaxos-place'
const PLACE_KEY = 'place'

/** Numbers sort before names, so no name is in it. */
const numbersFrom = (lowest: number): IDBKeyRange => IDBKeyRange.bound(lowest, Number.POSITIVE_INFINITY)

const databaseOf = (room: string, replica: ReplicaId): string => `${INDEX_DATABASE}/${room}/${replica}`

/** The lowest number that is a key already and not below those to be written. Asked before anything is written. */
const findTaken = async (store: IDBObjectStore, changes: readonly Change[]): Promise<IDBValidKey | undefined> => {
  for (const change of changes) {
    if ('key' in change && typeof change.key === 'number')
      return promisifyRequest(store.getKey(numbersFrom(change.key)))
  }
  return undefined
}

class IndexedDbCells implements Cells {
  readonly #store: StrictStore

  constructor(database: string) {
    this.#store = new StrictStore(database)
  }

  read(keys: readonly CellKey[]): Promise<readonly unknown[]> {
    return getMany([...keys], this.#store.use)
  }

  readNumbers(from: number, to: number): Promise<readonly unknown[]> {
    return this.#store.use('readonly', async (store) => {
      // Two requests for all of them: with one for each a long log takes more than twice as long to load.
      const range = IDBKeyRange.bound(from, to)
      const [keys, values] = await Promise.all([
        promisifyRequest(store.getAllKeys(range)),
        promisifyRequest(store.getAll(range)),
      ])
      const held = new Map(keys.map((key, i) => [key, values[i] as unknown]))
      return Array.from({ length: to - from + 1 }, (_, i) => held.get(from + i))
    })
  }

  lastNumber(): Promise<number> {
    return this.#store.use('readonly', async (store) => {
      const cursor = await promisifyRequest(store.openKeyCursor(numbersFrom(0), 'prev'))
      return cursor === null ? 0 : (cursor.key as number)
    })
  }

  commit(changes: readonly Change[]): Promise<void> {
    return this.#store.use('readwrite', async (store) => {
      const taken = findTaken(store, changes)
      // Where a change throws, the question ends with the transaction, and nobody waits for its answer.
      taken.catch(() => {})
      for (const change of changes) {
        if ('below' in change) store.delete(IDBKeyRange.upperBound(change.below, true))
        else if (change.bytes === undefined) store.delete(change.key)
        else store.put(change.bytes, change.key)
      }
      if ((await taken) === undefined) return
      throw new StorageError('shared', 'another live copy of this replica has written to its database')
    })
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}

/** Opens a small database, for one use. */
const inDatabase = async <T>(database: string, use: (store: StrictStore) => Promise<T>): Promise<T> => {
  const store = new StrictStore(database)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/**
 * What is stored under this key in one of the small databases; undefined where nothing is, or damaged: these can be begun
 * anew. A replica that is not listed any more is as good as quarantined.
 * @throws StorageCorrupt for what another version of this library has written
 */
const intact = (key: string, stored: unknown): Uint8Array | undefined => {
  try {
    return stored === undefined ? undefined : fromStored(key, stored)
  } catch (error) {
    if (error instanceof StorageCorrupt && error.isDamage) return undefined
    throw error
  }
}

const identitiesIn = (room: string, stored: unknown): ReplicaId[] => {
  const ids = intact(room, stored)
  if (ids === undefined) return []
  return Array.from({ length: ids.length / ID_BYTES }, (_, i) =>
    bytesToHex(ids.subarray(i * ID_BYTES, (i + 1) * ID_BYTES)),
  )
}

const storedIdentities = (room: string, identities: readonly ReplicaId[]): Uint8Array<ArrayBuffer> => {
  const ids = new Uint8Array(identities.length * ID_BYTES)
  for (const [i, id] of identities.entries()) ids.set(hexToBytes(id), i * ID_BYTES)
  return toStored(room, ids)
}

/**
 * Durable storage in the browser: one database per room and replica, `epaxos/<room>/<replica>`. Where
 * there is no IndexedDB, using it rejects with a `StorageError` (`unavailable`).
 */
export const indexedDb = (): StorageFactory => ({
  durable: true,

  // In one transaction: of two pages that look at once, one finds the other's.
  place: () =>
    inDatabase(PLACE_DATABASE, (database) =>
      database.use('readwrite', async (store) => {
        const name = intact(PLACE_KEY, await promisifyRequest(store.get(PLACE_KEY)))
        if (name !== undefined) return bytesToHex(name)
        const place = randomPlace()
        store.put(toStored(PLACE_KEY, hexToBytes(place)), PLACE_KEY)
        return place
      }),
    ),

  identities: (room) =>
    inDatabase(INDEX_DATABASE, async (index) => identitiesIn(room, (await getMany([room], index.use))[0])),

  async open(room, replica) {
    // Listed before its database is used: a replica that has promised something can be found again.
    await inDatabase(INDEX_DATABASE, (index) =>
      index.use('readwrite', async (store) => {
        const listed = identitiesIn(room, await promisifyRequest(store.get(room)))
        if (!listed.includes(replica)) store.put(storedIdentities(room, [...listed, replica]), room)
      }),
    )
    return new Log(new IndexedDbCells(databaseOf(room, replica)))
  },

  // Its database stays: opened under the same name it is found to be corrupt again, never to be new.
  quarantine: (room, replica) =>
    inDatabase(INDEX_DATABASE, (index) =>
      index.use('readwrite', async (store) => {
        const listed = identitiesIn(room, await promisifyRequest(store.get(room)))
        const left = listed.filter((id) => id !== replica)
        if (left.length < listed.length) store.put(storedIdentities(room, left), room)
      }),
    ),
})

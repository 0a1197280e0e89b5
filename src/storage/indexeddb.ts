import { getMany, promisifyRequest } from 'idb-keyval'
import { bytesToHex, hexToBytes, ID_BYTES, type ReplicaId } from '../wire/index.js'
import type { StorageFactory } from './contract.js'
import { type Cell, type CellKey, type Cells, Log } from './log.js'
import { fromStored, toStored } from './stored.js'
import { StrictStore } from './strict-store.js'

/** The database that lists, per room, the replicas which have one. */
const INDEX_DATABASE = 'epaxos'

const databaseOf = (room: string, replica: ReplicaId): string => `${INDEX_DATABASE}/${room}/${replica}`

class IndexedDbCells implements Cells {
  readonly #store: StrictStore

  constructor(database: string) {
    this.#store = new StrictStore(database)
  }

  read(keys: readonly CellKey[]): Promise<readonly unknown[]> {
    return getMany([...keys], this.#store.use)
  }

  lastNumber(): Promise<number> {
    return this.#store.use('readonly', async (store) => {
      // Numbers sort before names.
      const numbers = IDBKeyRange.bound(0, Number.POSITIVE_INFINITY)
      const cursor = await promisifyRequest(store.openKeyCursor(numbers, 'prev'))
      return cursor === null ? 0 : (cursor.key as number)
    })
  }

  commit(cells: readonly Cell[]): Promise<void> {
    return this.#store.use('readwrite', (store) => {
      for (const { key, bytes } of cells) {
        // Added, not put: a batch is never written over, whoever else may write here.
        if (bytes === undefined) store.delete(key)
        else if (typeof key === 'number') store.add(bytes, key)
        else store.put(bytes, key)
      }
    })
  }

  close(): Promise<void> {
    return this.#store.close()
  }
}

const inIndex = async <T>(read: (index: StrictStore) => Promise<T>): Promise<T> => {
  const index = new StrictStore(INDEX_DATABASE)
  try {
    return await read(index)
  } finally {
    await index.close()
  }
}

const identitiesIn = (room: string, stored: unknown): ReplicaId[] => {
  if (stored === undefined) return []
  const ids = fromStored(room, stored)
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

  identities: (room) => inIndex(async (index) => identitiesIn(room, (await getMany([room], index.use))[0])),

  async open(room, replica) {
    // Listed before its database is used: a replica that has promised something can be found again.
    await inIndex((index) =>
      index.use('readwrite', async (store) => {
        const listed = identitiesIn(room, await promisifyRequest(store.get(room)))
        if (!listed.includes(replica)) store.put(storedIdentities(room, [...listed, replica]), room)
      }),
    )
    return new Log(new IndexedDbCells(databaseOf(room, replica)))
  },
})

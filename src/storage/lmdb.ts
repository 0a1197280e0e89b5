import { existsSync, statSync } from 'node:fs'
import { rm, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RootDatabase } from 'lmdb'
import type { ReplicaId } from '../wire/index.js'
import type { CellKey, Cells, Change } from './cells.js'
import type { StorageFactory } from './contract.js'
import { StorageCorrupt, StorageError, type StorageErrorCode } from './error.js'
import { Folder } from './folder.js'
import { examineDatabase } from './lmdb-file.js'
import { Log } from './log.js'
import { fromStored, toStored } from './stored.js'
import { isCode } from './whole-file.js'

export interface LmdbOptions {
  /** The folder that holds everything: on a disk of this machine, not on a network. It is made where it is not there. */
  readonly path: string
}

/** Says whose database this is; no cell has this key. */
const OWNER_KEY = 'owner'

type Database = RootDatabase<Uint8Array, CellKey | typeof OWNER_KEY>

/** LMDB's own errors, and the system's. */
const MDB_MAP_FULL = -30_792
const MDB_CORRUPTED: readonly number[] = [-30_797, -30_796, -30_793]
const EIO = 5
const ENOSPC = 28
const EDQUOT = 122

/** A page or two for each value, and for what leads to it. */
const SPACE_PER_CHANGE_BYTES = 16_384

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** A commit that fails in LMDB's own thread says why in a promise of its own, settled in the same turn. */
const causeOf = async (error: unknown): Promise<unknown> => {
  if (!(error instanceof Error && 'commitError' in error)) return error
  const told = Promise.resolve(error.commitError).then(
    () => error,
    (cause: unknown) => cause,
  )
  return Promise.race([told, new Promise((resolve) => setImmediate(resolve, error))])
}

const importLmdb = async (): Promise<typeof import('lmdb')> => {
  try {
    return await import('lmdb')
  } catch (cause) {
    const missing = isCode(cause, 'ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND')
    const cure = missing ? 'npm install lmdb' : 'see the cause'
    throw new StorageError('unavailable', `the package lmdb can't be loaded: ${cure}`, { cause })
  }
}

/** Whether the lowest number that is to be written, or a higher one, is there already. */
const isTaken = (database: Database, changes: readonly Change[]): boolean => {
  for (const change of changes) {
    if ('key' in change && typeof change.key === 'number') return lastNumberOf(database) >= change.key
  }
  return false
}

/** Numbers sort before names. */
const lastNumberOf = (database: Database): number => {
  const [last] = database.getKeys({ start: Number.MAX_SAFE_INTEGER, end: 0, reverse: true, limit: 1 })
  return typeof last === 'number' ? last : 0
}

const apply = (database: Database, change: Change): void => {
  if ('below' in change)
    for (const key of [...database.getKeys({ start: 0, end: change.below })]) database.removeSync(key)
  else if (change.bytes === undefined) database.removeSync(change.key)
  else database.putSync(change.key, change.bytes)
}

/** LMDB's environment of one replica. */
interface Environment {
  readonly database: Database
  readonly file: string
  /** Of the file that is open: the same name may come to mean another one, or none. */
  readonly inode: number
}

/** @throws StorageCorrupt where there must be a database, and there is none that can be trusted */
const openEnvironment = async (path: string, replica: ReplicaId, made: boolean): Promise<Environment> => {
  const { open } = await importLmdb()
  const file = join(path, 'data.mdb')
  if (made) examineDatabase(file)
  // Left from an attempt that came to no end: nothing was promised then.
  else if (existsSync(file)) await removeUnsound(file)
  let database: Database
  try {
    // Without overlapping a commit has ended only when the disk has confirmed it.
    const options = { overlappingSync: false, eventTurnBatching: false, encoding: 'binary', noSubdir: false } as const
    database = open<Uint8Array, CellKey | typeof OWNER_KEY>({ path, ...options })
  } catch (error) {
    throw await failureOf(error, file)
  }
  try {
    await own(database, file, replica, made)
    return { database, file, inode: statSync(file).ino }
  } catch (error) {
    await database.close()
    throw error
  }
}

const removeUnsound = async (file: string): Promise<void> => {
  try {
    examineDatabase(file)
  } catch {
    await rm(file)
  }
}

/** Makes a database this replica's, or sees that it is. */
const own = async (database: Database, file: string, replica: ReplicaId, made: boolean): Promise<void> => {
  const stored = looking(database, file, () => contentOf(database, OWNER_KEY))
  if (stored !== undefined) {
    const owner = new TextDecoder().decode(fromStored(OWNER_KEY, stored))
    if (owner !== replica) throw new StorageCorrupt('unreadable', OWNER_KEY)
    return
  }
  if (made) throw new StorageCorrupt('missing', OWNER_KEY)
  try {
    await database.put(OWNER_KEY, toStored(OWNER_KEY, new TextEncoder().encode(replica)))
  } catch (error) {
    throw await failureOf(error, file)
  }
}

/** Looks at the newest of what is there, all of it at one moment. */
const looking = <T>(database: Database, file: string, look: () => T): T => {
  try {
    database.resetReadTxn()
    return look()
  } catch (cause) {
    const code = codeOf(cause)
    // What has no code is what it says of a key that makes no sense.
    if (code === undefined || MDB_CORRUPTED.includes(Number(code))) {
      throw new StorageCorrupt('unreadable', 'data.mdb', { cause })
    }
    throw new StorageError('failed', `${file}: ${String(cause)}`, { cause })
  }
}

const failureOf = async (error: unknown, file: string, changes: readonly Change[] = []): Promise<StorageError> => {
  if (error instanceof StorageError) return error
  const cause = await causeOf(error)
  const code: StorageErrorCode = (await isFull(codeOf(cause), file, changes)) ? 'quota' : 'failed'
  return new StorageError(code, `${file}: ${code === 'quota' ? 'the disk is full' : String(cause)}`, { cause })
}

/** LMDB calls a disk that took only half of a page broken: then what is left on it tells. */
const isFull = async (code: unknown, file: string, changes: readonly Change[]): Promise<boolean> => {
  if (code === ENOSPC || code === EDQUOT || code === MDB_MAP_FULL) return true
  if (code !== EIO) return false
  const needed = changes.reduce((sum, change) => sum + SPACE_PER_CHANGE_BYTES + sizeOf(change), 0)
  const { bavail, bsize } = await statfs(dirname(file))
  return bavail * bsize < needed
}

class LmdbCells implements Cells {
  readonly #environment: Environment
  #closed = false

  constructor(environment: Environment) {
    this.#environment = environment
  }

  async read(keys: readonly CellKey[]): Promise<readonly unknown[]> {
    const { database, file } = this.#open()
    return looking(database, file, () => keys.map((key) => contentOf(database, key)))
  }

  readNumbers(from: number, to: number): Promise<readonly unknown[]> {
    return this.read(Array.from({ length: to - from + 1 }, (_, i) => from + i))
  }

  async lastNumber(): Promise<number> {
    const { database, file } = this.#open()
    return looking(database, file, () => lastNumberOf(database))
  }

  async commit(changes: readonly Change[]): Promise<void> {
    const { database, file, inode } = this.#open()
    try {
      // A child, which is undone where anything in it throws; the parent is committed by a thread, and then on the disk.
      await database.childTransaction(() => {
        if (isTaken(database, changes)) {
          throw new StorageError('shared', 'another live copy of this replica has written to its database')
        }
        for (const change of changes) apply(database, change)
      })
    } catch (error) {
      throw await failureOf(error, file, changes)
    }
    // LMDB goes on with a file that has been deleted, or replaced: nothing of what it writes would ever be found again.
    if (statSync(file, { throwIfNoEntry: false })?.ino === inode) return
    throw new StorageError('lost', `${file} was deleted while in use`)
  }

  /** Transactions under way still finish. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#environment.database.close()
  }

  #open(): Environment {
    if (this.#closed) throw new StorageError('closed', 'the storage was closed by its owner')
    return this.#environment
  }
}

const sizeOf = (change: Change): number => ('bytes' in change ? (change.bytes?.length ?? 0) : 0)

/** In a buffer of exactly its length, as a plain array of bytes. */
const contentOf = (database: Database, key: CellKey | typeof OWNER_KEY): Uint8Array | undefined => {
  const content = database.get(key)
  return content && new Uint8Array(content)
}

/**
 * Durable storage on a disk, for Node: an LMDB database per room and replica, `<path>/<room>/<replica>/`. It takes the
 * package `lmdb`: without it, using it rejects with a `StorageError` (`unavailable`). Of all processes that use a folder,
 * each replica is one's alone: by lock files, which are free when their process ends.
 */
export const lmdb = ({ path }: LmdbOptions): StorageFactory => {
  const folder = new Folder(path)
  return {
    durable: true,
    place: () => folder.place(),
    identities: (room) => folder.identities(room),
    // One environment per replica: its commits wait for no other's, and when it is damaged no other is.
    open: async (room, replica) => {
      const made = await folder.enter(room, replica)
      const environment = await openEnvironment(folder.databaseOf(room, replica), replica, made)
      if (!made) await folder.made(room, replica)
      return new Log(new LmdbCells(environment))
    },
    quarantine: (room, replica) => folder.quarantine(room, replica),
    hold: (name, how) => folder.hold(name, how),
  }
}

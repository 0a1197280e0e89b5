import { existsSync, statSync } from 'node:fs'
import { rm, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { RootDatabase } from 'lmdb'
import type { ReplicaId } from '../wire/index.js'
import type { CellKey, Change } from './cells.js'
import { StorageCorrupt, StorageError, type StorageErrorCode } from './error.js'
import { examineDatabase } from './lmdb-file.js'
import { fromStored, toStored } from './stored.js'
import { isCode } from './whole-file.js'

/** Says whose database this is; no cell has this key. */
const OWNER_KEY = 'owner'
/** Says which journal counts, and how often the database was opened; no cell has this key either. */
const MARK_KEY = 'journal'

export type Database = RootDatabase<Uint8Array, CellKey | typeof OWNER_KEY | typeof MARK_KEY>

/** LMDB's own errors, and the system's. */
const MDB_MAP_FULL = -30_792
const MDB_CORRUPTED: readonly number[] = [-30_797, -30_796, -30_793]
const EIO = 5
const ENOSPC = 28
const EDQUOT = 122

/** A page or two for each value, and for what leads to it. */
const SPACE_PER_CHANGE_BYTES = 16_384

const MARK_NUMBER_BYTES = 8

/** LMDB's environment of one replica. */
export interface Environment {
  readonly database: Database
  readonly replica: ReplicaId
  readonly folder: string
  readonly file: string
  /** Of the file that is open: the same name may come to mean another one, or none. */
  readonly inode: number
}

/** Which of those who open a database has it, and which journal goes before what the database holds. */
export interface Mark {
  /** How often it was opened: whoever finds a higher number than its own has been relieved. */
  readonly opening: number
  readonly generation: number
}

export const encodeMark = ({ opening, generation }: Mark): Uint8Array => {
  const bytes = new DataView(new ArrayBuffer(2 * MARK_NUMBER_BYTES))
  bytes.setFloat64(0, opening)
  bytes.setFloat64(MARK_NUMBER_BYTES, generation)
  return toStored(MARK_KEY, new Uint8Array(bytes.buffer))
}

const decodeMark = (stored: Uint8Array | undefined): Mark => {
  const content = fromStored(MARK_KEY, stored)
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength)
  return { opening: view.getFloat64(0), generation: view.getFloat64(MARK_NUMBER_BYTES) }
}

/** Before any journal, and before anybody. */
const FIRST_MARK: Mark = { opening: 0, generation: 0 }

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

/** @throws StorageCorrupt where there must be a database, and there is none that can be trusted */
export const openEnvironment = async (folder: string, replica: ReplicaId, made: boolean): Promise<Environment> => {
  const { open } = await importLmdb()
  const file = join(folder, 'data.mdb')
  if (made) examineDatabase(file)
  // Left from an attempt that came to no end: nothing was promised then.
  else if (existsSync(file)) await removeUnsound(file)
  let database: Database
  try {
    // Without overlapping a commit has ended only when the disk has confirmed it.
    const options = { overlappingSync: false, eventTurnBatching: false, encoding: 'binary', noSubdir: false } as const
    database = open({ path: folder, ...options })
  } catch (error) {
    throw await failureOf(error, file)
  }
  try {
    await own(database, file, replica, made)
    return { database, replica, folder, file, inode: statSync(file).ino }
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
    await database.childTransaction(() => {
      database.putSync(OWNER_KEY, toStored(OWNER_KEY, new TextEncoder().encode(replica)))
      database.putSync(MARK_KEY, encodeMark(FIRST_MARK))
    })
  } catch (error) {
    throw await failureOf(error, file)
  }
}

/** Looks at the newest of what is there, all of it at one moment. */
export const looking = <T>(database: Database, file: string, look: () => T): T => {
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

export const readMark = ({ database, file }: Environment): Mark =>
  decodeMark(looking(database, file, () => contentOf(database, MARK_KEY)))

/** @param mark as it was encoded */
export const isMarked = ({ database, file }: Environment, mark: Uint8Array): boolean =>
  looking(database, file, () => isSameMark(database, mark))

const isSameMark = (database: Database, mark: Uint8Array): boolean => {
  const found = database.get(MARK_KEY)
  return found !== undefined && Buffer.compare(found, mark) === 0
}

/** All of it or nothing: the changes, and the mark, where the one that is expected is there still. Durable when it resolves. */
export const commitMarked = async (
  { database, file, inode }: Environment,
  expected: Uint8Array,
  mark: Uint8Array,
  changes: readonly Change[],
): Promise<void> => {
  try {
    // A child, which is undone where anything in it throws; the parent is committed by a thread, and then on the disk.
    await database.childTransaction(() => {
      if (!isSameMark(database, expected)) throw sharedBy()
      for (const change of changes) apply(database, change)
      database.putSync(MARK_KEY, mark)
    })
  } catch (error) {
    throw await failureOf(error, file, changes)
  }
  checkFile(file, inode)
}

export const sharedBy = (): StorageError =>
  new StorageError('shared', 'another live copy of this replica has opened its database')

/** LMDB goes on with a file that has been deleted, or replaced: nothing of what it writes would ever be found again. */
export const checkFile = (file: string, inode: number): void => {
  if (statSync(file, { throwIfNoEntry: false })?.ino === inode) return
  throw new StorageError('lost', `${file} was deleted while in use`)
}

const apply = (database: Database, change: Change): void => {
  if ('below' in change)
    for (const key of [...database.getKeys({ start: 0, end: change.below })]) database.removeSync(key)
  else if (change.bytes === undefined) database.removeSync(change.key)
  else database.putSync(change.key, change.bytes)
}

export const failureOf = async (
  error: unknown,
  file: string,
  changes: readonly Change[] = [],
): Promise<StorageError> => {
  if (error instanceof StorageError) return error
  const cause = await causeOf(error)
  const code: StorageErrorCode = (await isFull(cause, file, changes)) ? 'quota' : 'failed'
  return new StorageError(code, `${file}: ${code === 'quota' ? 'the disk is full' : String(cause)}`, { cause })
}

/** LMDB calls a disk that took only half of a page broken: then what is left on it tells. */
const isFull = async (cause: unknown, file: string, changes: readonly Change[]): Promise<boolean> => {
  const code = codeOf(cause)
  if (isCode(cause, 'ENOSPC', 'EDQUOT') || code === ENOSPC || code === EDQUOT || code === MDB_MAP_FULL) return true
  if (code !== EIO) return false
  const needed = changes.reduce((sum, change) => sum + SPACE_PER_CHANGE_BYTES + sizeOf(change), 0)
  const { bavail, bsize } = await statfs(dirname(file))
  return bavail * bsize < needed
}

const sizeOf = (change: Change): number => ('bytes' in change ? (change.bytes?.length ?? 0) : 0)

/** In a buffer of exactly its length, as a plain array of bytes. */
export const contentOf = (
  database: Database,
  key: CellKey | typeof OWNER_KEY | typeof MARK_KEY,
): Uint8Array | undefined => {
  const content = database.get(key)
  return content && new Uint8Array(content)
}

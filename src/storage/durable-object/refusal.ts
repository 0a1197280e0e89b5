import { StorageError } from '../error.js'

/** Runs what uses the database. What it refuses is thrown as a `StorageError`. */
export const onDatabase = <T>(use: () => T): T => {
  try {
    return use()
  } catch (cause) {
    throw refusalOf(cause)
  }
}

/** What a database says comes as an error whose text alone tells what it is. */
export const refusalOf = (cause: unknown): StorageError => {
  if (cause instanceof StorageError) return cause
  const said = String(cause)
  const isFull = /SQLITE_FULL|SQLITE_TOOBIG|disk is full|storage limit/i.test(said)
  return new StorageError(isFull ? 'quota' : 'failed', `the object's database: ${said}`, { cause })
}

import { checkKey } from '../core/index.js'
import { encodeRow, frozenCopy, isCount, type Json } from './json.js'
import type { Reading } from './mutator.js'
import { InvalidSnapshot } from './snapshot.js'

const FORMAT = 'epaxos export'

/** A room's state as JSON: for backups, for tests, and to begin another room with. */
export interface ExportedState {
  readonly format: typeof FORMAT
  /** The state's version. */
  readonly version: number
  /** Sorted by key. */
  readonly entries: readonly (readonly [key: string, value: Json])[]
}

/** All that there is to read. @param version of the state */
export const exportOf = (state: Reading, version: number): ExportedState => ({
  format: FORMAT,
  version,
  entries: [...state.scan()],
})

/**
 * An export that may come from anywhere: whether it is one, and then its pieces, as a state's `restore` takes them.
 * @throws InvalidSnapshot
 */
export const importedPieces = (
  exported: unknown,
): { readonly version: number; readonly pieces: readonly Uint8Array[] } => {
  const { format, version, entries } = fieldsOf(exported)
  if (format !== FORMAT) throw malformed(`its format is not "${FORMAT}"`)
  if (!isCount(version) || version < 1) throw malformed('its version is not 1, 2, 3 …')
  if (!Array.isArray(entries)) throw malformed('its entries are no list')
  let last: string | undefined
  const pieces = entries.map((entry: unknown) => {
    const [key, value] = pairOf(entry)
    if (last !== undefined && key <= last) throw malformed(`the key "${key}" comes behind the key "${last}"`)
    last = key
    return encodeRow([key, value])
  })
  return { version, pieces }
}

const fieldsOf = (exported: unknown): Readonly<Record<string, unknown>> => {
  if (typeof exported !== 'object' || exported === null) throw malformed('it is no export of a room')
  return exported as Readonly<Record<string, unknown>>
}

const pairOf = (entry: unknown): readonly [key: string, value: Json] => {
  if (!Array.isArray(entry) || entry.length !== 2) throw malformed('an entry is not a key and a value')
  const [key, value] = entry as readonly unknown[]
  try {
    checkKey(key as string)
    return [key as string, frozenCopy(value)]
  } catch (error) {
    const which = typeof key === 'string' ? `"${key}"` : typeof key
    throw malformed(`the entry of ${which}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

const malformed = (problem: string): InvalidSnapshot => new InvalidSnapshot('malformed', problem)

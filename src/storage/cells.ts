import { StorageCorrupt } from './error.js'
import { fromStored, toStored } from './stored.js'

/** Batches are numbered 1, 2, 3 … in the order of their writing; the rest has names. */
export type CellKey =
  | number
  | 'start'
  | 'lives'
  | 'first'
  | 'checkpoint'
  | 'cut'
  | ChunkKey
  | 'queue'
  | 'keys'
  | ProposalKey

/** The generation of a checkpoint, and which of the cells that hold its chunks. */
export type ChunkKey = `chunk/${number}/${number}`

/** Proposals that wait are numbered 1, 2, 3 … in the order in which they were first put; `queue` says which are there. */
export type ProposalKey = `proposal/${number}`

export interface Cell {
  readonly key: CellKey
  /** Undefined: nothing is held under this key any more. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
}

/** Nothing is held any more under any number below this one. */
export interface Cutoff {
  readonly below: number
}

export type Change = Cell | Cutoff

/** What a database has to offer to carry a log. */
export interface Cells {
  /** What is held under each key, undefined where nothing is. All of it as it was at one moment. */
  read(keys: readonly CellKey[]): Promise<readonly unknown[]>
  /** The same for all numbers from the one to the other, both included. */
  readNumbers(from: number, to: number): Promise<readonly unknown[]>
  /** The highest number that is a key, 0 without any. */
  lastNumber(): Promise<number>
  /**
   * All of it or nothing, in this order; resolves when it is durable, rejects with a `StorageError`. A number is refused
   * (`shared`) where it, or a higher one, is a key already: somebody else has written it. Names are replaced.
   */
  commit(changes: readonly Change[]): Promise<void>
  close(): Promise<void>
}

/** @param parts one behind the other */
export const cellOf = (key: CellKey, ...parts: readonly Uint8Array[]): Cell => ({ key, bytes: toStored(key, ...parts) })

export const emptied = (key: CellKey): Cell => ({ key, bytes: undefined })

/** Throws `StorageCorrupt` for what is not there, was not stored under this key, or can't be decoded. */
export const readCell = <T>(key: CellKey, stored: unknown, decode: (content: Uint8Array) => T): T => {
  const content = fromStored(key, stored)
  try {
    return decode(content)
  } catch (cause) {
    throw new StorageCorrupt('unreadable', key, { cause })
  }
}

/** The same, and undefined for what is not there. */
export const readOptionalCell = <T>(
  key: CellKey,
  stored: unknown,
  decode: (content: Uint8Array) => T,
): T | undefined => (stored === undefined ? undefined : readCell(key, stored, decode))

const NUMBER_BYTES = 8

/** A whole number below 2⁵³, and what may follow it. */
export const encodeNumbered = (number: number, content: Uint8Array = new Uint8Array()): Uint8Array => {
  const bytes = new Uint8Array(NUMBER_BYTES + content.length)
  new DataView(bytes.buffer).setFloat64(0, number)
  bytes.set(content, NUMBER_BYTES)
  return bytes
}

/** What `encodeNumbered` wrote; the content is a view of `bytes`. Throws a `RangeError`. */
export const decodeNumbered = (bytes: Uint8Array): { readonly number: number; readonly content: Uint8Array } => {
  const number = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getFloat64(0)
  if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`${number} is not 1, 2, 3 …`)
  return { number, content: bytes.subarray(NUMBER_BYTES) }
}

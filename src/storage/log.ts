import type { Introduction, KnownLife } from '../member/index.js'
import {
  type Checkpoint,
  decodeBatch,
  decodeCheckpointHeader,
  decodeIntroduction,
  decodeLives,
  decodeMembership,
  encodeBatch,
  encodeCheckpointHeader,
  encodeIntroduction,
  encodeLives,
  encodeMembership,
  type Membership,
  type RecordBatch,
} from '../wire/index.js'
import type { Loaded, Storage } from './contract.js'
import { StorageCorrupt, StorageError } from './error.js'
import { fromStored, toStored } from './stored.js'

/** Batches are numbered 1, 2, 3 … in the order of their writing; the rest has names. */
export type CellKey = number | 'start' | 'lives' | 'membership' | 'checkpoint' | `chunk/${number}`

export interface Cell {
  readonly key: CellKey
  /** Undefined: nothing is held under this key any more. */
  readonly bytes: Uint8Array<ArrayBuffer> | undefined
}

/** What a database has to offer to carry a log. */
export interface Cells {
  /** What is held under each key, undefined where nothing is. */
  read(keys: readonly CellKey[]): Promise<readonly unknown[]>
  /** The highest number that is a key, 0 without any. */
  lastNumber(): Promise<number>
  /**
   * All of it or nothing; resolves when it is durable, rejects with a `StorageError`. A number that is
   * a key already is refused (`shared`); names are replaced.
   */
  commit(cells: readonly Cell[]): Promise<void>
  close(): Promise<void>
}

interface Write {
  readonly cells: readonly Cell[]
  readonly resolve: () => void
  readonly reject: (error: StorageError) => void
}

/** Batches that are read back together: few enough to hold at once, enough to hide the database's latency. */
const batchesPerRead = 64

const readContent = <T>(key: CellKey, stored: unknown, decode: (content: Uint8Array) => T): T => {
  const content = fromStored(key, stored)
  try {
    return decode(content)
  } catch (cause) {
    throw new StorageCorrupt('unreadable', key, { cause })
  }
}

const stored = (key: CellKey, content: Uint8Array): Cell => ({ key, bytes: toStored(key, content) })

const storedLives = (lives: readonly KnownLife[]): Cell => stored('lives', encodeLives(lives))

const readOptional = <T>(key: CellKey, stored: unknown, decode: (content: Uint8Array) => T): T | undefined =>
  stored === undefined ? undefined : readContent(key, stored, decode)

const chunkKeys = (from: number, to: number): `chunk/${number}`[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => `chunk/${from + i}` as const)

/**
 * A replica's storage as a log of batches. Writes that are issued while one is under way share the next
 * transaction: under load the disk is asked once for many, and the order of the calls still holds.
 */
export class Log implements Storage {
  readonly #cells: Cells
  /** The next batch's number; undefined until loaded. */
  #next: number | undefined
  /** Of the last checkpoint. */
  #chunks = 0
  #waiting: Write[] = []
  #flushing: Promise<void> = Promise.resolve()
  #idle = true
  #refusal: StorageError | undefined

  constructor(cells: Cells) {
    this.#cells = cells
  }

  async load(): Promise<Loaded> {
    const [start, lives, membership, header] = await this.#cells.read(['start', 'lives', 'membership', 'checkpoint'])
    const last = await this.#cells.lastNumber()
    const fresh = [start, lives, membership, header].every((stored) => stored === undefined) && last === 0
    const loaded: Loaded = fresh
      ? { fresh }
      : {
          fresh,
          life: readContent('start', start, decodeIntroduction),
          lives: readOptional('lives', lives, decodeLives) ?? [],
          membership: readOptional('membership', membership, decodeMembership),
          checkpoint: await this.#checkpoint(header),
          batches: this.#batches(last),
        }
    this.#next = last + 1
    return loaded
  }

  async #checkpoint(stored: unknown): Promise<Checkpoint | undefined> {
    const header = readOptional('checkpoint', stored, decodeCheckpointHeader)
    if (header === undefined) return undefined
    const keys = chunkKeys(0, header.chunks)
    const values = await this.#cells.read(keys)
    this.#chunks = keys.length
    return { ...header, chunks: keys.map((key, i) => fromStored(key, values[i])) }
  }

  async *#batches(last: number): AsyncGenerator<RecordBatch> {
    for (let first = 1; first <= last; first += batchesPerRead) {
      const keys = Array.from({ length: Math.min(batchesPerRead, last - first + 1) }, (_, i) => first + i)
      const values = await this.#cells.read(keys)
      for (const [i, key] of keys.entries()) yield readContent(key, values[i], decodeBatch)
    }
  }

  writeStart(life: Introduction): Promise<void> {
    return this.#write('start', () => [stored('start', encodeIntroduction(life))])
  }

  writeLives(lives: readonly KnownLife[]): Promise<void> {
    return this.#write('lives', () => [storedLives(lives)])
  }

  writeMembership(membership: Membership): Promise<void> {
    return this.#write('membership', () => [stored('membership', encodeMembership(membership))])
  }

  write(batch: RecordBatch, lives?: readonly KnownLife[]): Promise<void> {
    return this.#write('batch', (number) => {
      const cells = [stored(number, encodeBatch(batch)), ...(lives === undefined ? [] : [storedLives(lives)])]
      this.#next = number + 1
      return cells
    })
  }

  writeCheckpoint(checkpoint: Checkpoint): Promise<void> {
    return this.#write('checkpoint', () => {
      const { chunks } = checkpoint
      const header = stored('checkpoint', encodeCheckpointHeader({ ...checkpoint, chunks: chunks.length }))
      const gone = chunkKeys(chunks.length, this.#chunks)
      this.#chunks = chunks.length
      return [
        header,
        ...chunks.map((chunk, i) => stored(`chunk/${i}`, chunk)),
        ...gone.map((key) => ({ key, bytes: undefined })),
      ]
    })
  }

  async close(): Promise<void> {
    this.#refusal ??= new StorageError('closed', 'the storage was closed by its owner')
    await this.#flushing
    await this.#cells.close()
  }

  /** @param content the cells to write together; it is given the next batch's number */
  async #write(name: string, content: (next: number) => readonly Cell[]): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal
    if (this.#next === undefined) throw new StorageError('misused', 'nothing may be written before load() has resolved')
    let cells: readonly Cell[]
    try {
      cells = content(this.#next)
    } catch (cause) {
      const failure = new StorageError('unwritable', `${name} can't be written: ${String(cause)}`, { cause })
      this.#stop(failure)
      throw failure
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ cells, resolve, reject })
      if (this.#idle) this.#flushing = this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#idle = false
    while (this.#waiting.length > 0) {
      const turn = this.#waiting
      this.#waiting = []
      try {
        await this.#cells.commit(turn.flatMap((write) => write.cells))
      } catch (error) {
        const failure = error as StorageError
        const refusal = this.#stop(failure)
        for (const write of turn) write.reject(failure)
        for (const write of this.#waiting) write.reject(refusal)
        return
      }
      for (const write of turn) write.resolve()
    }
    this.#idle = true
  }

  /** After a failed write the log may lack what the replica believes it holds: nothing more is accepted. */
  #stop(failure: StorageError): StorageError {
    const message = `an earlier write failed (${failure.message}); this replica must stop voting`
    this.#refusal ??= new StorageError('stopped', message, { cause: failure })
    return this.#refusal
  }
}

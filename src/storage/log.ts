import {
  decodeBatch,
  decodeMembership,
  encodeBatch,
  encodeMembership,
  type Membership,
  type RecordBatch,
} from '../wire/index.js'
import type { Loaded, Storage } from './contract.js'
import { StorageCorrupt, StorageError } from './error.js'
import { fromStored, toStored } from './stored.js'

/** Batches are numbered 1, 2, 3 … in the order of their writing; the rest has names. */
export type CellKey = number | 'starts' | 'membership'

export interface Cell {
  readonly key: CellKey
  readonly bytes: Uint8Array<ArrayBuffer>
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
  readonly cell: Cell
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

const COUNT_BYTES = 4

const encodeCount = (count: number): Uint8Array => {
  const bytes = new Uint8Array(COUNT_BYTES)
  new DataView(bytes.buffer).setUint32(0, count)
  return bytes
}

const decodeCount = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)

/**
 * A replica's storage as a log of batches. Writes that are issued while one is under way share the next
 * transaction: under load the disk is asked once for many, and the order of the calls still holds.
 */
export class Log implements Storage {
  readonly #cells: Cells
  /** The next batch's number; undefined until loaded. */
  #next: number | undefined
  #waiting: Write[] = []
  #flushing: Promise<void> = Promise.resolve()
  #idle = true
  #refusal: StorageError | undefined

  constructor(cells: Cells) {
    this.#cells = cells
  }

  async load(): Promise<Loaded> {
    const [starts, membership] = await this.#cells.read(['starts', 'membership'])
    const last = await this.#cells.lastNumber()
    const loaded: Loaded =
      starts === undefined && membership === undefined && last === 0
        ? { fresh: true }
        : {
            fresh: false,
            starts: readContent('starts', starts, decodeCount),
            membership: membership === undefined ? undefined : readContent('membership', membership, decodeMembership),
            batches: this.#batches(last),
          }
    this.#next = last + 1
    return loaded
  }

  async *#batches(last: number): AsyncGenerator<RecordBatch> {
    for (let first = 1; first <= last; first += batchesPerRead) {
      const keys = Array.from({ length: Math.min(batchesPerRead, last - first + 1) }, (_, i) => first + i)
      const values = await this.#cells.read(keys)
      for (const [i, key] of keys.entries()) yield readContent(key, values[i], decodeBatch)
    }
  }

  writeStart(count: number): Promise<void> {
    return this.#write('starts', () => encodeCount(count))
  }

  writeMembership(membership: Membership): Promise<void> {
    return this.#write('membership', () => encodeMembership(membership))
  }

  write(batch: RecordBatch): Promise<void> {
    return this.#write('batch', () => encodeBatch(batch))
  }

  async close(): Promise<void> {
    this.#refusal ??= new StorageError('closed', 'the storage was closed by its owner')
    await this.#flushing
    await this.#cells.close()
  }

  async #write(name: 'batch' | 'starts' | 'membership', content: () => Uint8Array): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal
    if (this.#next === undefined) throw new StorageError('misused', 'nothing may be written before load() has resolved')
    const key = name === 'batch' ? this.#next++ : name
    let bytes: Uint8Array<ArrayBuffer>
    try {
      bytes = toStored(key, content())
    } catch (cause) {
      const failure = new StorageError('unwritable', `${name} can't be written: ${String(cause)}`, { cause })
      this.#stop(failure)
      throw failure
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ cell: { key, bytes }, resolve, reject })
      if (this.#idle) this.#flushing = this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#idle = false
    while (this.#waiting.length > 0) {
      const turn = this.#waiting
      this.#waiting = []
      try {
        await this.#cells.commit(turn.map((write) => write.cell))
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

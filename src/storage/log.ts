import type { Introduction, KeptProposal, KnownLife } from '../member/index.js'
import {
  type Checkpoint,
  decodeBatch,
  decodeIntroduction,
  decodeLives,
  encodeBatch,
  encodeIntroduction,
  encodeLives,
  type RecordBatch,
} from '../wire/index.js'
import {
  type Cell,
  type Cells,
  type Change,
  cellOf,
  decodeNumbered,
  encodeNumbered,
  readCell,
  readOptionalCell,
} from './cells.js'
import { Checkpoints, readKept } from './checkpoints.js'
import type { Loaded, Salvage, Storage } from './contract.js'
import { StorageError } from './error.js'
import { Queue } from './queue.js'

interface Write {
  readonly changes: readonly Change[]
  readonly resolve: () => void
  readonly reject: (error: StorageError) => void
}

/** Batches that are read back together: few enough to hold at once, enough to hide the database's latency. */
const batchesPerRead = 64

const livesCell = (lives: readonly KnownLife[]): Cell => cellOf('lives', encodeLives(lives))

const firstCell = (first: number): Cell => cellOf('first', encodeNumbered(first))

const decodeFirst = (content: Uint8Array): number => decodeNumbered(content).number

/**
 * A replica's storage as a log of batches. Writes that are issued while one is under way share the next
 * transaction: under load the disk is asked once for many, and the order of the calls still holds.
 */
export class Log implements Storage {
  readonly #cells: Cells
  /** The next batch's number; undefined until loaded. */
  #next: number | undefined
  /** The number of the first batch that is kept, or will be: of those before it there is none. */
  #first = 1
  #checkpoints = new Checkpoints(undefined, undefined)
  /** Undefined until it is read. */
  #queue: Queue | undefined
  #waiting: Write[] = []
  #flushing: Promise<void> = Promise.resolve()
  #idle = true
  #refusal: StorageError | undefined

  constructor(cells: Cells) {
    this.#cells = cells
  }

  async load(): Promise<Loaded> {
    const named = await this.#cells.read(['start', 'lives', 'first', 'checkpoint', 'cut'])
    const lastNumber = await this.#cells.lastNumber()
    if (lastNumber === 0 && named.every((stored) => stored === undefined)) {
      this.#next = 1
      return { fresh: true }
    }
    const [start, lives, first, newest, cut] = named
    const life = readCell('start', start, decodeIntroduction)
    this.#first = readCell('first', first, decodeFirst)
    this.#checkpoints = new Checkpoints(newest, cut)
    // Those that were deleted count.
    const lastBatch = Math.max(lastNumber, this.#first - 1)
    this.#next = lastBatch + 1
    const kept = this.#checkpoints.newest
    return {
      fresh: false,
      life,
      lives: readOptionalCell('lives', lives, decodeLives) ?? [],
      checkpoint: kept?.header,
      readCheckpoint: async () => kept && readKept(this.#cells, kept),
      lastBatch,
      batches: this.#batches(this.#first, lastBatch),
    }
  }

  async *#batches(first: number, last: number): AsyncGenerator<RecordBatch> {
    for (let from = first; from <= last; from += batchesPerRead) {
      const values = await this.#cells.readNumbers(from, Math.min(from + batchesPerRead - 1, last))
      for (const [i, stored] of values.entries()) yield readCell(from + i, stored, decodeBatch)
    }
  }

  writeStart(life: Introduction): Promise<void> {
    return this.#write('start', () => [cellOf('start', encodeIntroduction(life)), firstCell(this.#first)])
  }

  writeLives(lives: readonly KnownLife[]): Promise<void> {
    return this.#write('lives', () => [livesCell(lives)])
  }

  write(batch: RecordBatch, lives?: readonly KnownLife[]): Promise<void> {
    return this.#write('batch', (number) => {
      const cells = [cellOf(number, encodeBatch(batch)), ...(lives === undefined ? [] : [livesCell(lives)])]
      this.#next = number + 1
      return batch.compacted ? [...cells, ...this.#keepFrom(number)] : cells
    })
  }

  writeCheckpoint(checkpoint: Checkpoint, cut: boolean): Promise<void> {
    return this.#write('checkpoint', (next) => {
      const cells = this.#checkpoints.replace(checkpoint, cut)
      return cut ? [...cells, ...this.#keepFrom(next)] : cells
    })
  }

  async readCut(): Promise<Checkpoint | undefined> {
    for (;;) {
      const { cut } = this.#checkpoints
      if (cut === undefined) return undefined
      // It may be on its way to the disk still; or may be replaced while it is read.
      await this.#flushing
      const read = await readKept(this.#cells, cut).catch((error: unknown) => ({ error }))
      if (cut !== this.#checkpoints.cut) continue
      if ('error' in read) throw read.error
      return read
    }
  }

  dropCut(): Promise<void> {
    return this.#write('cut', () => this.#checkpoints.dropCut())
  }

  async readProposals(): Promise<readonly KeptProposal[]> {
    if (this.#refusal !== undefined) throw this.#refusal
    if (this.#next === undefined || this.#queue !== undefined) {
      throw new StorageError('misused', 'what waits may be read once, after load() has resolved')
    }
    const { queue, proposals } = await Queue.read(this.#cells)
    this.#queue = queue
    return proposals
  }

  async salvageProposals(): Promise<Salvage> {
    if (this.#refusal !== undefined) throw this.#refusal
    return Queue.salvage(this.#cells)
  }

  writeProposals(put: readonly KeptProposal[], removed: readonly string[]): Promise<void> {
    const queue = this.#queue
    if (queue !== undefined) return this.#write('proposals', () => queue.change(put, removed))
    const unread = new StorageError('misused', 'nothing may wait before readProposals() has resolved')
    return Promise.reject(this.#refusal ?? unread)
  }

  async readKeys(): Promise<Uint8Array | undefined> {
    if (this.#refusal !== undefined) throw this.#refusal
    if (this.#next === undefined) throw new StorageError('misused', 'keys may be read after load() has resolved')
    const [stored] = await this.#cells.read(['keys'])
    return readOptionalCell('keys', stored, (content) => content.slice())
  }

  writeKeys(keys: Uint8Array): Promise<void> {
    return this.#write('keys', () => [cellOf('keys', keys)])
  }

  async close(): Promise<void> {
    this.#refusal ??= new StorageError('closed', 'the storage was closed by its owner')
    await this.#flushing
    await this.#cells.close()
  }

  #keepFrom(first: number): readonly Change[] {
    this.#first = first
    return [firstCell(first), { below: first }]
  }

  /** @param content what to change together; it is given the next batch's number */
  async #write(name: string, content: (next: number) => readonly Change[]): Promise<void> {
    if (this.#refusal !== undefined) throw this.#refusal
    if (this.#next === undefined) throw new StorageError('misused', 'nothing may be written before load() has resolved')
    let changes: readonly Change[]
    try {
      changes = content(this.#next)
    } catch (cause) {
      const failure = new StorageError('unwritable', `${name} can't be written: ${String(cause)}`, { cause })
      this.#stop(failure)
      throw failure
    }
    await new Promise<void>((resolve, reject) => {
      this.#waiting.push({ changes, resolve, reject })
      if (this.#idle) this.#flushing = this.#flush()
    })
  }

  async #flush(): Promise<void> {
    this.#idle = false
    // What is written in the same moment is one transaction: nothing waits for the disk twice.
    await Promise.resolve()
    while (this.#waiting.length > 0) {
      const turn = this.#waiting
      this.#waiting = []
      try {
        await this.#cells.commit(turn.flatMap((write) => write.changes))
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

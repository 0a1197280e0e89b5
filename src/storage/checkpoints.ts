import {
  type Checkpoint,
  type CheckpointHeader,
  decodeCheckpointHeader,
  encodeCheckpointHeader,
} from '../wire/index.js'
import {
  type Cell,
  type Cells,
  type ChunkKey,
  cellOf,
  decodeNumbered,
  emptied,
  encodeNumbered,
  readCell,
  readOptionalCell,
} from './cells.js'
import { CHUNKS_PER_CELL, chunksIn, partsOf } from './chunks.js'
import { StorageCorrupt } from './error.js'

/** A checkpoint in the cells: each is of a generation of its own, which names the cells of its chunks. */
export interface Kept {
  readonly generation: number
  readonly header: CheckpointHeader
}

const decodeKept = (bytes: Uint8Array): Kept => {
  const { number, content } = decodeNumbered(bytes)
  return { generation: number, header: decodeCheckpointHeader(content) }
}

const chunkKeys = ({ generation, header }: Kept): readonly ChunkKey[] =>
  Array.from({ length: Math.ceil(header.chunks / CHUNKS_PER_CELL) }, (_, i) => `chunk/${generation}/${i}` as const)

/** Those of one of the cells. */
const chunksOf = (cell: number, { chunks }: Checkpoint): readonly Uint8Array[] =>
  chunks.slice(cell * CHUNKS_PER_CELL, (cell + 1) * CHUNKS_PER_CELL)

/** Which checkpoints the cells hold: the newest, and the last cut, which may be the same. */
export class Checkpoints {
  #newest: Kept | undefined
  #cut: Kept | undefined

  /** From what is held under `checkpoint` and under `cut`. Throws `StorageCorrupt`. */
  constructor(newest: unknown, cut: unknown) {
    this.#newest = readOptionalCell('checkpoint', newest, decodeKept)
    this.#cut = readOptionalCell('cut', cut, decodeKept)
    // Whatever is a cut was the newest once, and that is only ever replaced.
    if (this.#cut !== undefined && this.#newest === undefined) throw new StorageCorrupt('missing', 'checkpoint')
    if (this.#cut?.generation === this.#newest?.generation) this.#cut = this.#newest
  }

  get newest(): Kept | undefined {
    return this.#newest
  }

  get cut(): Kept | undefined {
    return this.#cut
  }

  /** The cells to write for a checkpoint that takes the place of the newest, as a cut also that of the last cut. */
  replace(checkpoint: Checkpoint, isCut: boolean): readonly Cell[] {
    const { chunks } = checkpoint
    const generation = Math.max(this.#newest?.generation ?? 0, this.#cut?.generation ?? 0) + 1
    const kept = { generation, header: { ...checkpoint, chunks: chunks.length } }
    const content = encodeNumbered(generation, encodeCheckpointHeader(kept.header))
    return [
      cellOf('checkpoint', content),
      ...(isCut ? [cellOf('cut', content)] : []),
      ...chunkKeys(kept).map((key, i) => cellOf(key, ...partsOf(chunksOf(i, checkpoint)))),
      ...this.#become(kept, isCut ? kept : this.#cut),
    ]
  }

  /** The cells to write when nobody needs the last cut any more. */
  dropCut(): readonly Cell[] {
    return [emptied('cut'), ...this.#become(this.#newest, undefined)]
  }

  /** What goes: the chunks of those that are neither any more. */
  #become(newest: Kept | undefined, cut: Kept | undefined): readonly Cell[] {
    const gone = new Set([this.#newest, this.#cut])
    gone.delete(newest)
    gone.delete(cut)
    this.#newest = newest
    this.#cut = cut
    return [...gone].flatMap((kept) => (kept === undefined ? [] : chunkKeys(kept).map(emptied)))
  }
}

/** Rejects with `StorageCorrupt` where a chunk is not what was written. */
export const readKept = async (cells: Cells, kept: Kept): Promise<Checkpoint> => {
  const keys = chunkKeys(kept)
  const values = await cells.read(keys)
  const chunks = keys.flatMap((key, i) => {
    const count = Math.min(CHUNKS_PER_CELL, kept.header.chunks - i * CHUNKS_PER_CELL)
    return readCell(key, values[i], (content) => chunksIn(content, count))
  })
  return { ...kept.header, chunks }
}

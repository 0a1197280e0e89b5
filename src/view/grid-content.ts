import type { ReplicaId, TraceCell } from '../core/index.js'

/** Kept, and compared with the next: it may not be changed once it is handed over. */
export interface GridContent {
  /** Per slot, oldest first, as `trace` gives them: `MAX_COLUMNS` instances of each are enough. */
  readonly rows: readonly (readonly TraceCell[])[]
  /** By slot. */
  readonly voters: readonly ReplicaId[]
  /** Whose row is marked as the own one, if any. */
  readonly self: ReplicaId | undefined
  /** By slot, instead of the first digits of the ids. */
  readonly names?: readonly string[]
  /** By slot, below the name: a few words. */
  readonly asides?: readonly string[]
}

export interface GridOptions {
  /** Called with `slot.number` of the cell that is pointed at or has the focus, and with undefined when there is none. */
  readonly onPoint?: (key: string | undefined) => void
  /** What is told of a cell, instead of what its own fields say. */
  readonly sentenceOf?: (cell: TraceCell) => string
  /** Whether what the signs mean can be read below. True unless it says otherwise. */
  readonly legend?: boolean
  /** Cells shrink, down to marks without numbers, where there are more than fit at full size. Default: false. */
  readonly dense?: boolean
}

export interface Grid {
  /** Draws what has changed. */
  update(content: GridContent): void
  /** Shows a cell as if it were pointed at, as long as no other one is; `slot.number`, or undefined for none. */
  light(key: string | undefined): void
  destroy(): void
}

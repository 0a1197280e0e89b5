import type { TraceCell } from '../core/index.js'
import { componentsOf } from './components.js'
import { edgesOf, type PlacedEdge } from './edges.js'
import { keyOf, type PlacedCell, type PlacedRow } from './placed.js'

/** The most instances of a row that are drawn. */
export const MAX_COLUMNS = 100

export interface Layout {
  readonly columns: number
  /** Per row, the number of the instance in its first column. */
  readonly firsts: readonly number[]
  /** Per row, by column. */
  readonly rows: readonly PlacedRow[]
  /** All of them, row by row. */
  readonly cells: readonly PlacedCell[]
  readonly edges: readonly PlacedEdge[]
  /** Committed instances that wait for each other, in a circle: each at least two, in the order of execution. */
  readonly components: readonly (readonly PlacedCell[])[]
}

/**
 * Places the newest `columns` instances of each row: by their number, so that rows are aligned until one has
 * more than fits, and slides. An edge leads to the newest dependency in each row, where that is drawn, too.
 */
export const layOut = (rows: readonly (readonly TraceCell[])[], columns: number): Layout => {
  const firsts = rows.map((row) => Math.max(1, (row.at(-1)?.instance.number ?? 0) - columns + 1))
  const placed = rows.map((row, slot) => placeRow(row, slot, firsts[slot] as number, columns))
  const cells = placed.flatMap((row) => row.filter((cell) => cell !== undefined))
  return {
    columns,
    firsts,
    rows: placed,
    cells,
    edges: edgesOf(cells, placed, firsts),
    components: componentsOf(placed, firsts),
  }
}

/** The cell of an instance, where it is drawn. */
export const placedAt = ({ firsts, rows }: Layout, slot: number, number: number): PlacedCell | undefined =>
  rows[slot]?.[number - (firsts[slot] as number)]

export const placedBy = (layout: Layout, key: string): PlacedCell | undefined => {
  const [slot, number] = key.split('.').map(Number)
  return placedAt(layout, slot ?? Number.NaN, number ?? Number.NaN)
}

const placeRow = (row: readonly TraceCell[], slot: number, first: number, columns: number): PlacedRow => {
  const placed = new Array<PlacedCell | undefined>(columns).fill(undefined)
  for (const cell of row) {
    const { number } = cell.instance
    const column = number - first
    if (column >= 0) placed[column] = { key: keyOf(slot, number), cell, column }
  }
  return placed
}

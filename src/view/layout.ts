import type { TraceCell } from '../core/index.js'

/** The most instances of a row that are drawn: as many as are told apart at a glance. */
export const MAX_COLUMNS = 24

/** SVG stays smooth up to about this many elements, edges included. */
const MAX_ELEMENTS = 300

/** A group, its shape and its number. */
const ELEMENTS_PER_CELL = 3

/** What is left of `MAX_ELEMENTS` for edges when three voters fill every column. */
const MAX_CELLS = 72

export interface PlacedCell {
  /** `slot.number` */
  readonly key: string
  readonly cell: TraceCell
  /** From 0 at the left end of its row. */
  readonly column: number
}

/** `from` depends on `to`, and on all before `to` in its row. */
export interface PlacedEdge {
  /** `from>to` */
  readonly key: string
  readonly from: PlacedCell
  readonly to: PlacedCell
  /** Another of the dependencies depends on `to`, and not the other way round. */
  readonly implied: boolean
}

export interface Layout {
  /** Per row, the number of the instance in its first column. */
  readonly firsts: readonly number[]
  readonly cells: ReadonlyMap<string, PlacedCell>
  readonly edges: readonly PlacedEdge[]
}

/** How many columns are drawn where `fitting` of them have room. */
export const columnsOf = (rows: number, fitting: number): number =>
  Math.max(1, Math.min(MAX_COLUMNS, fitting, Math.floor(MAX_CELLS / Math.max(1, rows))))

export const keyOf = (slot: number, number: number): string => `${slot}.${number}`

/**
 * Places the newest `columns` instances of each row: by their number, so that rows are aligned until one has
 * more than fits, and slides. An edge leads to the newest dependency in each row, where that is drawn, too.
 */
export const layOut = (rows: readonly (readonly TraceCell[])[], columns: number): Layout => {
  const firsts = rows.map((row) => Math.max(1, (row.at(-1)?.instance.number ?? 0) - columns + 1))
  const cells = new Map<string, PlacedCell>()
  for (const [slot, row] of rows.entries()) {
    const first = firsts[slot] as number
    for (const cell of row) {
      const { number } = cell.instance
      const key = keyOf(slot, number)
      if (number >= first) cells.set(key, { key, cell, column: number - first })
    }
  }
  return { firsts, cells, edges: edgesOf(cells) }
}

/** From the newest columns to the oldest, as many as may be drawn; those that others imply come last. */
const edgesOf = (cells: ReadonlyMap<string, PlacedCell>): readonly PlacedEdge[] => {
  const edges: PlacedEdge[] = []
  for (const from of [...cells.values()].sort((a, b) => b.column - a.column)) {
    const ends = (from.cell.deps ?? []).flatMap((number, slot) => cells.get(keyOf(slot, number)) ?? [])
    for (const to of ends) {
      const implied = ends.some((other) => dependsOn(other, to) && !dependsOn(to, other))
      edges.push({ key: `${from.key}>${to.key}`, from, to, implied })
    }
  }
  edges.sort((a, b) => Number(a.implied) - Number(b.implied))
  return edges.slice(0, MAX_ELEMENTS - ELEMENTS_PER_CELL * cells.size)
}

const dependsOn = ({ cell: { deps } }: PlacedCell, { cell: { instance } }: PlacedCell): boolean =>
  deps !== undefined && instance.number <= (deps[instance.slot] ?? 0)

import type { TraceCell } from '../core/index.js'
import { type Layout, MAX_COLUMNS } from './layout.js'
import type { PlacedCell } from './placed.js'
import { type CellSize, FULL_SIZE, type Point } from './shapes.js'

/** Where cells are drawn. Lengths are CSS pixels, from the upper left corner of the rows. */
export interface Geometry {
  readonly columns: number
  /** From one column to the next. */
  readonly pitch: number
  readonly size: CellSize
  /** Whether cells are large enough for numbers. */
  readonly numbered: boolean
}

export const ROW_HEIGHT = 60

/** An arrow fits between two cells. */
const FULL_PITCH = 2 * FULL_SIZE.halfWidth + 9
/** A wide drawing spreads its columns, up to this. */
const WIDE_PITCH: number = FULL_PITCH + 14
/** Shapes are told apart down to here. */
const LEAST_PITCH = 8
/** Three digits have room in a cell that is twice as wide. */
const NUMBERED_HALF_WIDTH = 12.5
/** Between small cells. */
const LEAST_GAP = 3.5
/** A dense drawing takes up so many times the columns at once: it must not shrink with every instance. */
const DENSER = 1.5

/** Around a cell, what counts as pointing at it. */
const MARGIN = 8

/**
 * @param width what there is for columns
 * @param dense whether columns shrink where there are more instances than fit at full size
 */
export const geometryOf = (rows: readonly (readonly TraceCell[])[], width: number, dense: boolean): Geometry => {
  const fitting = bounded(Math.floor(width / FULL_PITCH), 1, MAX_COLUMNS)
  const columns = dense ? denseColumns(rows, fitting, width) : fitting
  const pitch = Math.min(WIDE_PITCH, Math.max(width / columns, columns === fitting ? FULL_PITCH : LEAST_PITCH))
  const halfWidth = Math.min(FULL_SIZE.halfWidth, (pitch - LEAST_GAP) / 2)
  const halfHeight = Math.min(FULL_SIZE.halfHeight, halfWidth + 1)
  return { columns, pitch, size: { halfWidth, halfHeight }, numbered: halfWidth >= NUMBERED_HALF_WIDTH }
}

/** From a row's oldest to its newest instance, the most of any. */
const neededBy = (rows: readonly (readonly TraceCell[])[]): number =>
  Math.max(0, ...rows.map((row) => (row.at(-1)?.instance.number ?? 0) - (row[0]?.instance.number ?? 1) + 1))

const denseColumns = (rows: readonly (readonly TraceCell[])[], fitting: number, width: number): number => {
  const needed = neededBy(rows)
  const most = Math.max(fitting, Math.min(MAX_COLUMNS, Math.floor(width / LEAST_PITCH)))
  // Whoever gives no more than the newest of a row wants to see those, not room for others.
  if (rows.some(([oldest]) => (oldest?.instance.number ?? 1) > 1)) return Math.max(fitting, Math.min(needed, most))
  let columns = fitting
  while (columns < Math.min(needed, most)) columns = Math.min(most, Math.ceil(columns * DENSER))
  return columns
}

/** @param at per row, the number at its left end just now */
export const pointOf = ({ pitch }: Geometry, at: readonly number[], slot: number, number: number): Point => ({
  x: (number - (at[slot] ?? 1) + 0.5) * pitch,
  y: (slot + 0.5) * ROW_HEIGHT,
})

/** The cell under a point, or next to it. */
export const cellUnder = (
  layout: Layout,
  { pitch, size }: Geometry,
  at: readonly number[],
  { x, y }: Point,
): PlacedCell | undefined => {
  const slot = Math.floor(y / ROW_HEIGHT)
  const first = layout.firsts[slot]
  if (first === undefined || Math.abs(y - (slot + 0.5) * ROW_HEIGHT) > size.halfHeight + MARGIN) return undefined
  const number = Math.floor(x / pitch + (at[slot] ?? 1))
  return layout.rows[slot]?.[number - first]
}

const bounded = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value))

import type { Layout } from './layout.js'
import type { PlacedCell } from './placed.js'

/** Columns and rows to go for a key. */
const STEPS: ReadonlyMap<string, readonly [right: number, down: number]> = new Map([
  ['ArrowLeft', [-1, 0]],
  ['ArrowRight', [1, 0]],
  ['ArrowUp', [0, -1]],
  ['ArrowDown', [0, 1]],
])

/**
 * Where an arrow key leads to. Rows may be shorter, or have gaps: it is the nearest cell in the direction gone, if any.
 * @param key as a keyboard event names it
 */
export const nextCell = ({ rows }: Layout, { cell, column }: PlacedCell, key: string): PlacedCell | undefined => {
  const [right, down] = STEPS.get(key) ?? []
  if (right === undefined || down === undefined) return undefined
  let nearest: PlacedCell | undefined
  const away = (other: PlacedCell): number => Math.abs(other.column - column - right)
  for (const other of rows[cell.instance.slot + down] ?? []) {
    if (other === undefined || (other.column - column) * right < Math.abs(right)) continue
    if (nearest === undefined || away(other) < away(nearest)) nearest = other
  }
  return nearest
}

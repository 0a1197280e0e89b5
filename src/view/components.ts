import { valuesInterfere } from '../core/index.js'
import { dependsOn, type PlacedCell, type PlacedRow } from './placed.js'
import { strongComponents } from './strong.js'

/**
 * The committed instances in view that depend on each other in a circle. Dependencies hold whole beginnings of rows,
 * of which only what interferes counts. To compare every pair takes too long where hundreds are drawn: whatever is a
 * component is inside of one that takes all dependencies to count, and those are found without comparing.
 */
export const componentsOf = (
  rows: readonly PlacedRow[],
  firsts: readonly number[],
): readonly (readonly PlacedCell[])[] => circlesOf(rows, firsts).flatMap(interferingIn)

type Committed = PlacedCell & { readonly cell: { readonly phase: 'committed' } }

const isCommitted = (placed: PlacedCell | undefined): placed is Committed => placed?.cell.phase === 'committed'

/** Components where all of a row that is depended on counts: a vertex per cell, and one per beginning of a row. */
const circlesOf = (rows: readonly PlacedRow[], firsts: readonly number[]): readonly (readonly PlacedCell[])[] => {
  const columns = rows[0]?.length ?? 0
  const cells = rows.flat()
  const component = strongComponents(2 * cells.length, Math.max(2, rows.length), (vertex, nth) => {
    const isBeginning = vertex >= cells.length
    const at = isBeginning ? vertex - cells.length : vertex
    const placed = cells[at]
    if (isBeginning) {
      // The cell at its end, and the beginning that is shorter by one.
      if (nth === 0) return isCommitted(placed) ? at : -1
      return nth === 1 && at % columns > 0 ? vertex - 1 : -1
    }
    if (!isCommitted(placed)) return -1
    // The newest that is depended on; below 0: all of them are out of view.
    const depth = Math.min((placed.cell.deps?.[nth] ?? 0) - (firsts[nth] ?? 1), columns - 1)
    return depth < 0 ? -1 : cells.length + nth * columns + depth
  })
  return grouped(cells.map((placed, at) => (isCommitted(placed) ? [placed, component[at] as number] : undefined)))
}

const interferingIn = (circle: readonly PlacedCell[]): readonly (readonly PlacedCell[])[] => {
  const component = strongComponents(circle.length, circle.length, (from, to) => {
    const [one, other] = [circle[from] as PlacedCell, circle[to] as PlacedCell]
    return from !== to && dependsOn(one, other) && interfere(one, other) ? to : -1
  })
  return grouped(circle.map((placed, at) => [placed, component[at] as number]))
}

const interfere = ({ cell: one }: PlacedCell, { cell: other }: PlacedCell): boolean =>
  one.value === undefined || other.value === undefined || valuesInterfere(one.value, other.value)

/** Those with the same number together, by number, then slot, as they are executed; without those that are alone. */
const grouped = (
  numbered: readonly (readonly [PlacedCell, number] | undefined)[],
): readonly (readonly PlacedCell[])[] => {
  const groups = new Map<number, PlacedCell[]>()
  for (const each of numbered) {
    if (each === undefined) continue
    const [placed, number] = each
    const group = groups.get(number)
    if (group === undefined) groups.set(number, [placed])
    else group.push(placed)
  }
  return [...groups.values()].filter(({ length }) => length > 1).map((group) => group.sort(byExecution))
}

const byExecution = ({ cell: { instance: a } }: PlacedCell, { cell: { instance: b } }: PlacedCell): number =>
  a.number - b.number || a.slot - b.slot

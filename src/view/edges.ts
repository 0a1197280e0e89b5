import { type TraceCell, valuesInterfere } from '../core/index.js'
import { dependsOn, type PlacedCell, type PlacedRow } from './placed.js'

/** `from` depends on `to`, and on all before `to` in its row. */
export interface PlacedEdge extends Says {
  readonly from: PlacedCell
  readonly to: PlacedCell
}

/** What an edge has to say. */
interface Says {
  /** Another of the dependencies depends on `to`, and not the other way round. */
  readonly implied: boolean
  /** It tells nothing of these two: they do not interfere, and `to` stands for others before it; or it is no command. */
  readonly slight: boolean
  /** A reply has named it: where `from` was proposed, nothing as new was known of that row. */
  readonly grown: boolean
}

/** What the edges of a cell say, and the cells that they lead to. */
interface Told {
  readonly ends: readonly TraceCell[]
  readonly says: readonly Says[]
}

/** Cells do not change, and few of hundreds are new in a frame: what was found out about the others still holds. */
const told = new WeakMap<TraceCell, Told>()

/** An edge from each cell to the newest dependency in each row, where that is placed, too. */
export const edgesOf = (
  cells: readonly PlacedCell[],
  rows: readonly PlacedRow[],
  firsts: readonly number[],
): readonly PlacedEdge[] => {
  const edges: PlacedEdge[] = []
  for (const from of cells) {
    const { deps } = from.cell
    if (deps === undefined) continue
    const ends: PlacedCell[] = []
    for (let slot = 0; slot < deps.length; slot++) {
      const to = rows[slot]?.[(deps[slot] as number) - (firsts[slot] as number)]
      if (to !== undefined) ends.push(to)
    }
    const { says } = toldOf(from, ends)
    for (let i = 0; i < ends.length; i++) {
      const { implied, slight, grown } = says[i] as Says
      edges.push({ from, to: ends[i] as PlacedCell, implied, slight, grown })
    }
  }
  return edges
}

const toldOf = (from: PlacedCell, ends: readonly PlacedCell[]): Told => {
  const before = told.get(from.cell)
  if (before !== undefined && leadTo(ends, before.ends)) return before
  const after = { ends: ends.map(({ cell }) => cell), says: ends.map((to) => saidOf(from, to, ends)) }
  told.set(from.cell, after)
  return after
}

const leadTo = (ends: readonly PlacedCell[], cells: readonly TraceCell[]): boolean =>
  ends.length === cells.length && ends.every(({ cell }, i) => cell === cells[i])

const saidOf = ({ cell }: PlacedCell, to: PlacedCell, ends: readonly PlacedCell[]): Says => {
  const { slot, number } = to.cell.instance
  return {
    implied: ends.some((other) => dependsOn(other, to) && !dependsOn(to, other)),
    slight: isSlight(cell, to.cell),
    grown: number > (cell.initDeps?.[slot] ?? number),
  }
}

const isSlight = ({ value: from }: TraceCell, { value: to }: TraceCell): boolean =>
  to !== undefined && (to.kind !== 'commands' || (from !== undefined && !valuesInterfere(from, to)))

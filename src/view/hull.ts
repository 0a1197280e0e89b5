import type { Geometry } from './geometry.js'
import { ROW_HEIGHT } from './geometry.js'
import type { PlacedCell } from './placed.js'

/** Two members of a component between which its hull goes on. */
export interface Link {
  readonly one: PlacedCell
  readonly other: PlacedCell
  /** Nothing lies between them: the hull is as wide there as around a cell. */
  readonly close: boolean
}

/** The shortest links that hold a component together (Prim's algorithm). */
export const linksOf = (component: readonly PlacedCell[], { pitch }: Geometry): readonly Link[] => {
  const [first, ...rest] = component
  if (first === undefined) return []
  const links: Link[] = []
  let open = rest.map((cell) => ({ cell, nearest: first, distance: distanceOf(cell, first, pitch) }))
  while (open.length > 0) {
    const best = open.reduce((a, b) => (b.distance < a.distance ? b : a))
    links.push({ one: best.cell, other: best.nearest, close: areClose(best.cell, best.nearest) })
    open = open.filter((each) => each !== best)
    for (const each of open) {
      const distance = distanceOf(each.cell, best.cell, pitch)
      if (distance >= each.distance) continue
      each.distance = distance
      each.nearest = best.cell
    }
  }
  return links
}

const distanceOf = (a: PlacedCell, b: PlacedCell, pitch: number): number =>
  Math.hypot((a.column - b.column) * pitch, (a.cell.instance.slot - b.cell.instance.slot) * ROW_HEIGHT)

const areClose = (a: PlacedCell, b: PlacedCell): boolean =>
  Math.abs(a.column - b.column) <= 1 && Math.abs(a.cell.instance.slot - b.cell.instance.slot) <= 1

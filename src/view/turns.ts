import type { PlacedEdge } from './edges.js'
import { type Layout, placedAt } from './layout.js'

/** Long enough to be followed by the eye, short enough to be over before the next. */
const TURN_MS = 250

interface Turn {
  readonly fromNumber: number
  readonly startMs: number
}

/**
 * Where a reply has named a newer dependency, the edge turns to it from the one that it led to. Both are in one row:
 * what changes is how far to the right the edge ends.
 */
export class Turns {
  readonly #turns = new Map<number, Turn>()

  /** Begins those that lie between two drawings. */
  begin(before: Layout, after: Layout, nowMs: number): void {
    for (const { cell } of after.cells) {
      const { slot, number } = cell.instance
      const earlier = placedAt(before, slot, number)?.cell.deps
      if (cell.deps === undefined || earlier === undefined || cell.deps === earlier) continue
      for (const [row, dep] of cell.deps.entries()) {
        const was = earlier[row] ?? 0
        if (dep <= was || after.rows[row]?.[dep - (after.firsts[row] as number)] === undefined) continue
        const key = turnKey(slot, number, row)
        // What was out of view, or nothing at all, is left of the first column.
        const fromNumber = Math.max(this.#now(key, was, nowMs), (after.firsts[row] as number) - 1)
        this.#turns.set(key, { fromNumber, startMs: nowMs })
      }
    }
  }

  /** The number that an edge ends at just now; a fraction while it turns. */
  endOf({ from, to }: PlacedEdge, nowMs: number): number {
    const { slot, number } = from.cell.instance
    const target = to.cell.instance
    return this.#turns.size === 0 ? target.number : this.#now(turnKey(slot, number, target.slot), target.number, nowMs)
  }

  /** Forgets those that are over. @returns whether there is more to come */
  step(nowMs: number): boolean {
    for (const [key, { startMs }] of this.#turns) if (nowMs - startMs >= TURN_MS) this.#turns.delete(key)
    return this.#turns.size > 0
  }

  /** Every edge is where it leads to. */
  stop(): void {
    this.#turns.clear()
  }

  #now(key: number, goal: number, nowMs: number): number {
    const turn = this.#turns.get(key)
    if (turn === undefined) return goal
    const done = Math.min(1, Math.max(0, (nowMs - turn.startMs) / TURN_MS))
    // Slow at both ends.
    return turn.fromNumber + (goal - turn.fromNumber) * done * done * (3 - 2 * done)
  }
}

/** Of the edge of an instance into a row. Slots are below 16. */
const turnKey = (slot: number, number: number, row: number): number => number * 256 + slot * 16 + row

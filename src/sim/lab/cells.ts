import type { InstanceId, TraceCell } from '../../core/index.js'
import { Timeline } from './timeline.js'

/** One row of one epoch: what was known of each of its instances, and when. */
class Row {
  /** By number. Undefined where what was known is forgotten. */
  readonly cells: (Timeline<TraceCell | undefined> | undefined)[] = []
  /** The highest number of which something was known. */
  readonly last = new Timeline<number>()
}

/** All that one replica has known of instances, epoch by epoch, for every moment. */
export class Cells {
  readonly #epochs: (Row[] | undefined)[] = []

  /** What is known now. */
  last(epoch: number, { slot, number }: InstanceId): TraceCell | undefined {
    return this.#epochs[epoch]?.[slot]?.cells[number]?.last
  }

  /** From now on this is known. */
  put(atMs: number, epoch: number, cell: TraceCell): void {
    const { slot, number } = cell.instance
    const row = this.#row(epoch, slot)
    row.cells[number] ??= new Timeline()
    row.cells[number].push(atMs, cell)
    if (number > (row.last.last ?? 0)) row.last.push(atMs, number)
  }

  /** From now on nothing is known of it: a crash came before it was durable. */
  forget(atMs: number, epoch: number, { slot, number }: InstanceId): void {
    const row = this.#row(epoch, slot)
    row.cells[number]?.push(atMs, undefined)
    let last = row.last.last ?? 0
    while (last > 0 && row.cells[last]?.last === undefined) last--
    if (last !== row.last.last) row.last.push(atMs, last)
  }

  /** All that is known now of this epoch. */
  *all(epoch: number): Iterable<TraceCell> {
    for (const row of this.#epochs[epoch] ?? []) {
      for (const cell of row?.cells ?? []) if (cell?.last !== undefined) yield cell.last
    }
  }

  /** The epochs of which something was ever known. */
  epochs(): readonly number[] {
    return [...this.#epochs.keys()]
  }

  at(epoch: number, { slot, number }: InstanceId, atMs: number): TraceCell | undefined {
    return this.#epochs[epoch]?.[slot]?.cells[number]?.at(atMs)
  }

  /** The newest `columns` of a row at that moment, oldest first, as `Replica.trace` would have had them. */
  row(epoch: number, slot: number, atMs: number, columns: number): readonly TraceCell[] {
    const row = this.#epochs[epoch]?.[slot]
    const last = row?.last.at(atMs) ?? 0
    const known: TraceCell[] = []
    for (let number = Math.max(1, last - columns + 1); number <= last; number++) {
      const cell = row?.cells[number]?.at(atMs)
      if (cell !== undefined) known.push(cell)
    }
    return known
  }

  #row(epoch: number, slot: number): Row {
    this.#epochs[epoch] ??= []
    const rows = this.#epochs[epoch]
    rows[slot] ??= new Row()
    return rows[slot]
  }
}

/** Of what nothing is known yet. */
export const nothingOf = (instance: InstanceId): TraceCell => ({
  instance,
  phase: 'none',
  value: undefined,
  void: false,
  deps: undefined,
  initDeps: undefined,
  ballot: 0,
  path: undefined,
  executed: false,
  position: 0,
})

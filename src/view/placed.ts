import type { TraceCell } from '../core/index.js'

export interface PlacedCell {
  /** `slot.number` */
  readonly key: string
  readonly cell: TraceCell
  /** From 0 at the left end of its row. */
  readonly column: number
}

/** By column: nothing where nobody has told of an instance. */
export type PlacedRow = readonly (PlacedCell | undefined)[]

export const keyOf = (slot: number, number: number): string => `${slot}.${number}`

/** Directly: by its dependencies, which hold all of a row up to the one that they name. */
export const dependsOn = ({ cell: { deps } }: PlacedCell, { cell: { instance } }: PlacedCell): boolean =>
  deps !== undefined && instance.number <= (deps[instance.slot] ?? 0)

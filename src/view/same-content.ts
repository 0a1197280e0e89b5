import type { TraceCell } from '../core/index.js'
import type { GridContent } from './grid-content.js'
import { sameCell } from './same-cell.js'

/** Whether two are drawn alike. To find that out is quick; to draw is not. */
export const sameContent = (a: GridContent, b: GridContent): boolean =>
  a.self === b.self &&
  sameList(a.voters, b.voters) &&
  sameList(a.names ?? [], b.names ?? []) &&
  sameList(a.asides ?? [], b.asides ?? []) &&
  a.rows.length === b.rows.length &&
  a.rows.every((row, slot) => sameRow(row, b.rows[slot] ?? []))

const sameRow = (a: readonly TraceCell[], b: readonly TraceCell[]): boolean =>
  a.length === b.length &&
  a.every((cell, nth) => {
    const other = b[nth]
    return other !== undefined && cell.instance.number === other.instance.number && sameCell(cell, other)
  })

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((item, nth) => item === b[nth])

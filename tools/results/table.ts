/** A column of a table: what stands at its head, and in each row. */
export interface Column<T> {
  readonly head: string
  readonly cell: (row: T) => string
  /** Numbers end at the right. */
  readonly right?: boolean
}

const escaped = (text: string): string => text.replaceAll('|', '\\|')

const line = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`

/** In Markdown. Columns that are empty in every row are left out. */
export const tableOf = <T>(rows: readonly T[], columns: readonly Column<T>[]): string => {
  const used = columns.filter(({ cell }) => rows.some((row) => cell(row) !== ''))
  return [
    line(used.map(({ head }) => head)),
    `| ${used.map(({ right }) => (right === true ? '---:' : '---')).join(' | ')} |`,
    ...rows.map((row) => line(used.map(({ cell }) => cell(row)))),
  ].join('\n')
}

import { COLUMNS, cellOf, type Moves, piecesOf, ROWS, winningPieces } from './rules.js'

interface BoardProps {
  readonly moves: Moves
  readonly drop: (column: number) => void
}

const columns = Array.from({ length: COLUMNS }, (_, column) => column)
/** The highest first, as they are seen. */
const rows = Array.from({ length: ROWS }, (_, row) => ROWS - 1 - row)

/** Each column is a button: what can be clicked can be tabbed to, and is read out from the bottom up. */
export const Board = ({ moves, drop }: BoardProps) => {
  const sides = new Map(piecesOf(moves).map((piece) => [cellOf(piece), piece.side]))
  const won = new Set(winningPieces(moves).map(cellOf))
  const contents = (column: number): string =>
    rows
      .flatMap((row) => sides.get(cellOf({ column, row })) ?? [])
      .reverse()
      .join(', ') || 'empty'
  return (
    <fieldset className="board" aria-label="Board">
      {columns.map((column) => (
        <button
          key={column}
          type="button"
          className="column"
          aria-label={`Column ${column + 1}: ${contents(column)}`}
          onClick={() => drop(column)}
        >
          {rows.map((row) => {
            const cell = cellOf({ column, row })
            return <span key={cell} className="hole" data-side={sides.get(cell)} data-won={won.has(cell)} />
          })}
        </button>
      ))}
    </fieldset>
  )
}

/** Four in a row: what can be said of a game from its moves alone. */

export type Side = 'red' | 'yellow'

export const COLUMNS = 7
export const ROWS = 6

/** The columns that pieces were dropped into, in turn; red begins. */
export type Moves = readonly number[]

/** Row 0 is the lowest. */
export interface Piece {
  readonly column: number
  readonly row: number
  readonly side: Side
}

export const sideToMove = (moves: Moves): Side => (moves.length % 2 === 0 ? 'red' : 'yellow')

export const piecesOf = (moves: Moves): readonly Piece[] => {
  const heights = new Array<number>(COLUMNS).fill(0)
  return moves.map((column, turn) => {
    const row = heights[column] ?? 0
    heights[column] = row + 1
    return { column, row, side: turn % 2 === 0 ? 'red' : 'yellow' }
  })
}

export const isColumn = (column: unknown): column is number =>
  Number.isInteger(column) && Number(column) >= 0 && Number(column) < COLUMNS

export const isFull = (moves: Moves, column: number): boolean => moves.filter((each) => each === column).length >= ROWS

const DIRECTIONS = [
  [1, 0],
  [0, 1],
  [1, 1],
  [1, -1],
] as const

/** The four that stand in a row, or more; empty while nobody has won. Only the last move can have done it. */
export const winningPieces = (moves: Moves): readonly Piece[] => {
  const pieces = piecesOf(moves)
  const last = pieces.at(-1)
  if (last === undefined) return []
  const own = new Map(pieces.filter(({ side }) => side === last.side).map((piece) => [cellOf(piece), piece]))
  for (const [right, up] of DIRECTIONS) {
    const line = [last]
    for (const way of [1, -1]) {
      for (let step = way; ; step += way) {
        const next = own.get(cellOf({ column: last.column + step * right, row: last.row + step * up }))
        if (next === undefined) break
        line.push(next)
      }
    }
    if (line.length >= 4) return line
  }
  return []
}

export const cellOf = ({ column, row }: { readonly column: number; readonly row: number }): string => `${column}/${row}`

export const isOver = (moves: Moves): boolean => moves.length === COLUMNS * ROWS || winningPieces(moves).length > 0

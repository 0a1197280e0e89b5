import { defineState, type Reading, read, refuse, write } from 'epaxos'
import { isColumn, isFull, isOver, type Moves, type Side, sideToMove } from './rules.js'

const MOVES = 'moves'
const playerOf = (side: Side): string => `player/${side}`

export const movesIn = (state: Reading): Moves => state.get<Moves>(MOVES) ?? []
export const playerIn = (state: Reading, side: Side): string | undefined => state.get<string>(playerOf(side))

const isSide = (side: unknown): side is Side => side === 'red' || side === 'yellow'

/**
 * Everybody may watch, two may play, and only the one whose turn it is may move: the mutators decide, at every member alike,
 * by who has called (`tx.author`). All moves touch one key, so there is one order of them.
 */
export const game = defineState({
  version: 1,
  mutators: {
    sit: {
      touches: (_: { side: Side }) => [write(playerOf('red')), write(playerOf('yellow'))],
      run(tx, { side }) {
        if (!isSide(side)) return refuse('no such side')
        const by = playerIn(tx, side)
        if (by !== undefined) return refuse('taken', { by })
        tx.set(playerOf(side), tx.author)
        return { ok: true } as const
      },
    },
    drop: {
      touches: (_: { column: number }) => [read(playerOf('red')), read(playerOf('yellow')), write(MOVES)],
      run(tx, { column }) {
        const moves = movesIn(tx)
        if (isOver(moves)) return refuse('over')
        if (playerIn(tx, sideToMove(moves)) !== tx.author) return refuse('not your turn')
        if (!isColumn(column)) return refuse('no such column')
        if (isFull(moves, column)) return refuse('full')
        tx.set(MOVES, [...moves, column])
        return { ok: true } as const
      },
    },
    /** Whoever was second begins. */
    playAgain: {
      touches: () => [write(playerOf('red')), write(playerOf('yellow')), write(MOVES)],
      run(tx) {
        const [red, yellow] = [playerIn(tx, 'red'), playerIn(tx, 'yellow')]
        if (!isOver(movesIn(tx))) return refuse('not over')
        if (red === undefined || yellow === undefined || ![red, yellow].includes(tx.author))
          return refuse('not playing')
        tx.set(playerOf('red'), yellow)
        tx.set(playerOf('yellow'), red)
        tx.delete(MOVES)
        return { ok: true } as const
      },
    },
  },
})

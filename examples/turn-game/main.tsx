import { deepEqual, type Room } from 'epaxos'
import { useRoom, useStatus, useValue } from 'epaxos/react'
import { StrictMode, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { enter } from '../enter.js'
import { sentenceOf } from '../sentence.js'
import { visitor } from '../visitor.js'
import { Board } from './board.js'
import { isOver, type Moves, type Side, sideToMove, winningPieces } from './rules.js'
import { game, movesIn, playerIn } from './state.js'

const SIDES = ['red', 'yellow'] as const

type Players = { readonly [S in Side]: string | undefined }

const App = ({ me }: { readonly me: string }) => {
  const opening = useRoom(() => enter(game, me), [me])
  if (opening.status === 'opening') return <p role="status">Coming in …</p>
  if (opening.status === 'failed') return <p role="alert">{String(opening.error)}</p>
  return <Game room={opening.room} me={me} />
}

const Game = ({ room, me }: { readonly room: Room<typeof game>; readonly me: string }) => {
  const moves = useValue(room, movesIn)
  const players = useValue(room, playersIn, deepEqual)
  const status = useStatus(room, sentenceOf)
  const [refusal, setRefusal] = useState('')
  /** The rules are in the mutators; the page asks, and shows what they say. */
  const ask = (call: Promise<{ readonly ok: true } | { readonly ok: false; readonly reason: string }>): void => {
    call.then(
      (result) => setRefusal(result.ok ? '' : (REFUSALS[result.reason] ?? result.reason)),
      (error: unknown) => setRefusal(error instanceof Error ? error.message : String(error)),
    )
  }
  return (
    <>
      <ul className="players" aria-label="Players">
        {SIDES.map((side) => (
          <Player
            key={side}
            side={side}
            name={players[side]}
            isNext={!isOver(moves) && sideToMove(moves) === side}
            sit={() => ask(room.mutate.sit({ side }))}
          />
        ))}
      </ul>
      <Board moves={moves} drop={(column) => ask(room.mutate.drop({ column }))} />
      <p className="turn" role="status">
        {turnOf(moves, players, me)}
      </p>
      {isOver(moves) && (
        <button type="button" className="main again" onClick={() => ask(room.mutate.playAgain())}>
          Play again
        </button>
      )}
      {refusal !== '' && <p role="alert">{refusal}</p>}
      <p className="status quiet">{status}</p>
    </>
  )
}

interface PlayerProps {
  readonly side: Side
  readonly name: string | undefined
  readonly isNext: boolean
  readonly sit: () => void
}

const Player = ({ side, name, isNext, sit }: PlayerProps) => (
  <li aria-current={isNext}>
    <span className="disc" data-side={side} />
    {name === undefined ? (
      <button type="button" onClick={sit}>
        Play {side}
      </button>
    ) : (
      <span>
        {name} plays {side}
      </span>
    )}
  </li>
)

const playersIn = (state: Parameters<typeof playerIn>[0]): Players => ({
  red: playerIn(state, 'red'),
  yellow: playerIn(state, 'yellow'),
})

const turnOf = (moves: Moves, players: Players, me: string): string => {
  const [winner] = winningPieces(moves)
  if (winner !== undefined) return players[winner.side] === me ? 'You have won!' : `${players[winner.side]} has won.`
  if (isOver(moves)) return 'A draw.'
  const next = players[sideToMove(moves)]
  if (next === undefined) return `Nobody plays ${sideToMove(moves)} yet.`
  return next === me ? 'It is your turn.' : `It is ${next}’s turn.`
}

const REFUSALS: { readonly [reason: string]: string } = {
  'not your turn': 'It is not your turn.',
  full: 'That column is full.',
  over: 'The game is over.',
  taken: 'Somebody was faster.',
  'not playing': 'Only who has played can begin a new game.',
}

const page = document.getElementById('page')
if (page === null) throw new TypeError('index.html has no #page')
const me = await visitor()
createRoot(page).render(
  <StrictMode>
    <App me={me} />
  </StrictMode>,
)

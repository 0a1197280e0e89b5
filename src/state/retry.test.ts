import { describe, expect, it } from 'vitest'
import { type Command, write } from '../core/index.js'
import { Stage } from '../core/stage.js'
import { command, session, Table } from './arbitraries.js'
import { ExactlyOnce } from './exactly-once.js'
import type { Outcome } from './sessions.js'

const add = command(session(1), 1, [write('k')], ['add', 'k', 1])
/** Of another session: it shows what has become of k. */
const look = command(session(2), 1, [write('k')], ['add', 'k', 0])

/** What core has told this replica to execute, and what the state machine behind it has answered. */
const executed = (stage: Stage, slot: number): { readonly command: Command; readonly outcome: Outcome }[] => {
  const state = new ExactlyOnce(new Table())
  return stage.journal
    .filter((handedOut) => handedOut.slot === slot)
    .flatMap(({ ready }) => ready.executable.flatMap(({ value }) => state.execute(value)))
}

/** What happens after R0 has proposed it, until its client goes to R1, and who lives on. */
const retries: readonly (readonly [string, readonly number[], (stage: Stage) => void])[] = [
  ['before anybody has heard of it', [0, 1, 2], () => {}],
  ['while others have heard of it', [0, 1, 2], (stage) => stage.deliver('pre-accept', { to: 2 })],
  ['after it was executed everywhere', [0, 1, 2], (stage) => stage.settle()],
  [
    'after its voter has died, and left it to be recovered',
    [1, 2],
    (stage) => {
      stage.deliver('pre-accept')
      stage.crash(0)
    },
  ],
]

describe('a command that is proposed again through another voter', () => {
  it.each(retries)(
    '%s, is executed twice and applied once, with one result at replicas %j [H9]',
    (_, alive, happen) => {
      const stage = new Stage(3, {})
      stage.propose(0, add)
      happen(stage)
      stage.propose(1, add)
      stage.settle()
      stage.propose(2, look)
      stage.settle()
      const outcome: Outcome = { kind: 'done', result: { ok: true, value: 1 } }
      for (const slot of alive) {
        expect(executed(stage, slot)).toEqual([add, add, look].map((each) => ({ command: each, outcome })))
      }
    },
  )
})

import { describe, expect, it } from 'vitest'
import { write } from './index.js'
import { type Mail, Stage } from './stage.js'
import { command } from './stage-words.js'

const STEP_MS = 50

/** These replicas tick, and all mail takes so long, until `done`; how many virtual milliseconds that is, `patienceMs` at most. */
const passing = (
  stage: Stage,
  alive: readonly number[],
  mailMs: number,
  patienceMs: number,
  done: () => boolean,
): number => {
  let underWay: { readonly atMs: number; readonly mail: Mail }[] = []
  let nowMs = 0
  const post = (): void => {
    underWay.push(...stage.mail.splice(0).map((mail) => ({ atMs: nowMs + mailMs, mail })))
  }
  while (!done()) {
    if (nowMs >= patienceMs) throw new Error(`not done after ${patienceMs} virtual ms`)
    nowMs += STEP_MS
    for (const slot of alive) stage.tick(slot, STEP_MS)
    post()
    const arriving = underWay.filter(({ atMs }) => atMs <= nowMs)
    underWay = underWay.filter(({ atMs }) => atMs > nowMs)
    stage.arrive(arriving.map(({ mail }) => mail))
    post()
  }
  return nowMs
}

describe('what a dead coordinator has left', () => {
  it.each([
    [3, [1]],
    [3, [2]],
    [3, [1, 2]],
    [5, [1]],
    [5, [4]],
    [5, [1, 2]],
  ])('is recovered by %i voters over links of 2.5 s one way, where %j have seen it [H10]', (n, seenBy) => {
    const stage = new Stage(n, {})
    stage.propose(0, command('a'))
    for (const to of seenBy) stage.deliver('pre-accept', { to })
    stage.crash(0)
    stage.mail = []
    const alive = stage.slots.slice(1)
    // Pauses and patience begin far below such a round trip, and double: about ten attempts.
    passing(stage, alive, 2500, 120_000, () => alive.every((slot) => stage.committed(slot, '0.1') !== undefined))
    for (const slot of alive) expect(stage.committed(slot, '0.1')).toBe(stage.committed(1, '0.1'))
  })

  it.each([3, 5])('in 2000 instances is recovered by %i voters within a few windows of its row', (n) => {
    const BACKLOG = 2000
    const stage = new Stage(n, {})
    for (let i = 1; i <= BACKLOG; i++) stage.propose(0, command('a', write(`k${i}`)))
    stage.deliver('pre-accept', { to: 1 })
    stage.crash(0)
    stage.mail = []
    const alive = stage.slots.slice(1)
    const doneMs = passing(stage, alive, 50, 60_000, () =>
      alive.every((slot) => stage.replica(slot).status().committed[0] === BACKLOG),
    )
    console.info(`${n} voters: a backlog of ${BACKLOG} instances is recovered after ${doneMs} virtual ms`)
    // Up to 2.5 s until R0 is suspected, and about one for each window.
    expect(doneMs).toBeLessThan(6000)
    for (const slot of alive) expect(stage.executed(slot).split(' ')).toHaveLength(BACKLOG)
  })
})

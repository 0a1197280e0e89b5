import { describe, expect, it } from 'vitest'
import { ballotOf, defaultTuning, type Message, write } from './index.js'
import { Stage } from './stage.js'
import { batch, command, recoverOne } from './stage-words.js'

const STEP_MS = 50

/** R1 of three alone has pre-accepted what R0 proposed; R0 is gone, and R2 not heard of. */
const abandoned = (): Stage => {
  const stage = new Stage(3)
  stage.propose(0, command('a'))
  stage.deliver('pre-accept', { to: 1 })
  stage.crash(0)
  stage.mail = []
  return stage
}

/** Lets the clock of R1 move until it sends this; for how many milliseconds. */
const until = (stage: Stage, kind: Message['kind']): number => {
  let waitedMs = 0
  for (; stage.find(kind, { from: 1 }).length === 0; waitedMs += STEP_MS) {
    if (waitedMs > 60_000) throw new Error(`R1 sends no ${kind}`)
    stage.tick(1, STEP_MS)
  }
  return waitedMs
}

describe('a voter that is about to recover an instance', () => {
  /** When R1 recovers it, and R2 begins to do so at these times, each of which is just before R1 would. */
  const recoversAt = (...rivalAtMs: readonly number[]): number => {
    const stage = abandoned()
    let passedMs = 0
    rivalAtMs.forEach((atMs, i) => {
      stage.tick(1, atMs - passedMs)
      passedMs = atMs
      expect(stage.find('recover', { from: 1 })).toEqual([])
      stage.tell(2, 1, recoverOne({ slot: 0, number: 1 }, ballotOf(i + 1, 2)))
    })
    return passedMs + until(stage, 'recover')
  }

  it('gives way to somebody who does so already, and longer each time [H10]', () => {
    const alone = recoversAt()
    const once = recoversAt(alone - STEP_MS)
    const twice = recoversAt(alone - STEP_MS, once - STEP_MS)
    expect(once).toBeGreaterThan(alone)
    expect(twice - once).toBeGreaterThan(once - alone)
  })

  it('asks for its commit once more when it has slept meanwhile, and need not recover it [H10]', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept')
    stage.deliver('pre-accept-ok', { from: 2 })
    expect(stage.committed(0, '0.1')).toBe('a {0,0,0}')
    stage.mail = []
    until(stage, 'fetch')
    stage.mail = []
    const HOUR_MS = 3_600_000
    stage.tick(1, HOUR_MS, HOUR_MS)
    expect(stage.find('recover')).toEqual([])
    stage.deliver('fetch', { to: 0 })
    stage.deliver('commit', { to: 1 })
    expect(stage.committed(1, '0.1')).toBe('a {0,0,0}')
    expect(stage.disk(1).every(({ ballot }) => ballot === 0)).toBe(true)
  })

  it('takes a neighbour along only when that has waited for half its time [H10]', () => {
    const stage = new Stage(3)
    for (const name of ['a', 'b']) stage.propose(0, command(name, write(name)))
    stage.deliver('pre-accept', { to: 1 })
    stage.mail = []
    const { suspectMs, gossipMs, fetchDelayMs } = defaultTuning
    const lateMs = suspectMs + gossipMs
    // 0.1 is missed a little earlier than 0.2, which is missed once R0 is suspected: at the gossip after that.
    stage.tick(1, lateMs - 0.6 * fetchDelayMs)
    const value = batch(command('c', write('a')))
    stage.tell(2, 1, { kind: 'commit', epoch: 0, instance: { slot: 2, number: 1 }, value, deps: [1, 0, 0] })
    const asked = (): readonly Message[] => {
      stage.mail = []
      until(stage, 'fetch')
      return stage.find('fetch', { to: 2 }).map(({ message }) => message)
    }
    const fetch = { kind: 'fetch', epoch: 0, slot: 0 }
    expect(asked()).toEqual([{ ...fetch, from: 1, to: 1 }])
    expect(asked()).toEqual([{ ...fetch, from: 2, to: 2 }])
  })
})

it('a recoverer that begins again and again, and never gets anywhere, is not given way to for ever [H10]', () => {
  const stage = new Stage(3)
  const instance = { slot: 0, number: 1 }
  stage.propose(0, command('a'))
  stage.deliver('pre-accept', { to: 1 })
  stage.mail = []
  let waitedMs = 0
  for (; stage.find('recover', { from: 1 }).length === 0 && waitedMs < 60_000; waitedMs += 100) {
    stage.tell(2, 1, recoverOne(instance, 16 * (1 + waitedMs / 100) + 2))
    stage.tick(1, 100)
  }
  expect(waitedMs).toBeLessThan(30_000)
})

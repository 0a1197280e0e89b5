import { describe, expect, it } from 'vitest'
import { ballotOf, type Message } from './index.js'
import { Stage } from './stage.js'
import { command, recoverOne } from './stage-words.js'

/**
 * Everything arrives and everybody ticks, except that the first mail of this kind, to whomever it goes, is lost.
 * Fails when there was none: then nothing was tried.
 */
const settleLosing = (stage: Stage, kind: Message['kind']): void => {
  let lost = false
  const lose = (): void => {
    if (lost || stage.find(kind).length === 0) return
    lost = true
    stage.drop(kind)
  }
  stage.run(() => {
    while (stage.mail.length > 0) {
      lose()
      stage.arrive(stage.mail.splice(0, 1))
    }
    return lost
  })
  stage.settle()
}

const agree = (stage: Stage, slots: readonly number[], instances: readonly string[]): void => {
  const [first = 0] = slots
  for (const of of instances) {
    expect(stage.committed(first, of)).toBeDefined()
    for (const slot of slots) expect(stage.committed(slot, of)).toBe(stage.committed(first, of))
  }
  for (const slot of slots) expect(stage.executed(slot)).toBe(stage.executed(first))
}

describe('after one loss and without a new proposal', () => {
  it.each(['pre-accept', 'pre-accept-ok', 'accept', 'accept-ok', 'commit', 'frontier'] as const)(
    'crossing proposals end in spite of a lost %s [K16]',
    (kind) => {
      const stage = new Stage(3, {})
      for (const slot of [0, 1, 2]) stage.propose(slot, command(`${slot}`))
      settleLosing(stage, kind)
      agree(stage, [0, 1, 2], ['0.1', '1.1', '2.1'])
      expect(stage.executed(0).split(' ').sort()).toEqual(['0', '1', '2'])
    },
  )

  it.each(['fetch', 'recover', 'recover-ok', 'validate', 'validate-ok'] as const)(
    'the recovery of what two dead coordinators left ends in spite of a lost %s [K16]',
    (kind) => {
      const stage = new Stage(5, {})
      stage.propose(0, command('a'))
      stage.deliver('pre-accept', { to: 2 })
      stage.propose(1, command('b'))
      stage.deliver('pre-accept', { from: 1, to: 3 })
      stage.crash(0)
      stage.crash(1)
      stage.mail = []
      settleLosing(stage, kind)
      agree(stage, [2, 3, 4], ['0.1', '1.1'])
    },
  )

  it('a coordinator told of a higher ballot ends in spite of a lost nack [K3, K16]', () => {
    const stage = new Stage(3, {})
    stage.propose(0, command('a'))
    for (const slot of [0, 1]) stage.tell(2, slot, recoverOne({ slot: 0, number: 1 }, ballotOf(1, 2)))
    stage.drop('recover-ok')
    settleLosing(stage, 'nack')
    agree(stage, [0, 1, 2], ['0.1'])
  })

  it('a recovery that waits ends in spite of a lost waiting [K16]', () => {
    const stage = new Stage(5, {})
    stage.propose(0, command('c'))
    stage.deliver('pre-accept', { to: 1 })
    stage.propose(2, command('x'))
    stage.recover(1, '0.1')
    for (const to of [2, 3]) {
      stage.deliver('recover', { to })
      stage.deliver('recover-ok', { from: to })
    }
    stage.deliver('validate')
    stage.deliver('validate-ok')
    stage.drop('waiting')
    stage.crash(0)
    stage.settle()
    agree(stage, [1, 2, 3, 4], ['0.1', '2.1'])
  })

  it('a command left out of a Commit comes in spite of a lost fetch [H8]', () => {
    const stage = new Stage(3, {})
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 1 })
    stage.deliver('pre-accept-ok')
    const [short] = stage.take('commit', { to: 1 })
    stage.mail = []
    if (short !== undefined) stage.tell(0, 2, short.message)
    stage.drop('fetch')
    stage.settle()
    agree(stage, [0, 1, 2], ['0.1'])
    expect(stage.executed(2)).toBe('a')
  })

  it('a voter that was away catches up with more than one range of commits', () => {
    const stage = new Stage(3, {})
    stage.crash(2)
    for (let i = 0; i < 300; i++) {
      stage.propose(0, command(`c${i}`))
      stage.flow()
    }
    stage.restart(2)
    stage.settle()
    expect(stage.replica(2).status().committed).toEqual([300, 0, 0])
    expect(stage.executed(2)).toBe(stage.executed(0))
  })

  it.each([1100, 60_000])(
    'a group of hidden tabs, ticking every %i ms, still recovers what it waits for [K13]',
    (stepMs) => {
      const stage = new Stage(3, {})
      stage.propose(0, command('a'))
      stage.deliver('pre-accept', { to: 1 })
      stage.crash(0)
      stage.propose(1, command('b'))
      for (let ticks = 0; ticks < 60; ticks++) {
        stage.flow()
        for (const slot of [1, 2]) stage.tick(slot, stepMs, stepMs)
      }
      agree(stage, [1, 2], ['0.1', '1.1'])
    },
  )
})

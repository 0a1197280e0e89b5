import { describe, expect, it } from 'vitest'
import { ballotOf, NOOP, write } from './index.js'
import { Stage } from './stage.js'
import { batch, command, recoverOne } from './stage-words.js'

const about = { epoch: 0, instance: { slot: 0, number: 1 } }
const value = batch(command('a'))

describe('restart', () => {
  it('recovers what was open in the earlier life, however much it was [K16]', () => {
    const stage = new Stage(3, { shareFrom: Number.POSITIVE_INFINITY })
    const names = Array.from({ length: 100 }, (_, i) => `c${i}`)
    stage.propose(0, ...names.map((name) => command(name, write(name))))
    stage.mail = []
    stage.restart(0)
    stage.settle()
    expect(stage.replica(1).status().committed).toEqual([100, 0, 0])
  })

  it('holds back a proposal that interferes with one of the earlier life until that is executed [H16]', () => {
    const stage = new Stage(3, {})
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 1 })
    stage.mail = []
    stage.restart(0)
    stage.propose(0, command('b'), command('c', write('elsewhere')))
    expect(stage.find('pre-accept', { to: 1 }).map(({ message }) => message)).toMatchObject([
      { instance: { slot: 0, number: 2 }, value: batch(command('c', write('elsewhere'))) },
    ])
    stage.settle()
    expect(stage.cell(0, '0.3')).toMatchObject({ value: batch(command('b')) })
    for (const slot of [0, 1, 2]) expect(stage.executed(slot).split(' ')).toContain('b')
  })

  it('keeps what was accepted, with its ballot [H3]', () => {
    const stage = new Stage(3)
    const ballot = ballotOf(3, 2)
    stage.tell(2, 1, { kind: 'accept', ...about, ballot, value: NOOP, deps: [0, 0, 0] })
    stage.tell(2, 1, recoverOne(about.instance, ballotOf(4, 2)))
    stage.restart(1)
    stage.mail = []
    stage.tell(2, 1, recoverOne(about.instance, ballotOf(5, 2)))
    expect(stage.find('recover-ok').map(({ message }) => message)).toMatchObject([
      { phase: 'accepted', votedBallot: ballot, value: NOOP, deps: [0, 0, 0] },
    ])
  })

  it('knows every command it ever stored as a dependency of the next one', () => {
    const stage = new Stage(3)
    stage.tell(0, 1, { kind: 'pre-accept', ...about, value, deps: [0, 0, 0] })
    stage.tell(2, 1, { kind: 'accept', ...about, instance: { slot: 2, number: 4 }, ballot: 0, value, deps: [0, 0, 0] })
    stage.restart(1)
    stage.mail = []
    stage.propose(1, command('b'))
    expect(stage.find('pre-accept')[0]?.message).toMatchObject({ deps: [1, 0, 4] })
  })

  it('executes again, in the same order, what it had committed', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.flow()
    stage.propose(1, command('b'))
    stage.propose(2, command('c'))
    stage.settle()
    const before = stage.executed(0)
    expect(before.split(' ')).toHaveLength(3)
    stage.restart(0)
    stage.settle()
    expect(stage.executed(0)).toBe(before)
  })

  it('fetches the commits that were volatile and are lost', () => {
    const stage = new Stage(3, {})
    stage.propose(0, command('a'))
    stage.deliver('pre-accept')
    stage.deliver('pre-accept-ok')
    stage.withhold(1)
    stage.deliver('commit')
    expect(stage.executed(1)).toBe('a')
    stage.restart(1)
    expect(stage.cell(1, '0.1')?.phase).toBe('pre-accepted')
    stage.settle()
    expect(stage.executed(1)).toBe('a')
  })
})

import { describe, expect, it } from 'vitest'
import { ballotOf, defaultTuning, NOOP, write } from './index.js'
import { batch, command, Stage } from './stage.js'

const about = { epoch: 0, instance: { slot: 0, number: 1 } }
const value = batch(command('a'))

describe('restart', () => {
  it('uses no number a second time that others may have heard of [H5]', () => {
    const stage = new Stage(3)
    stage.withhold(0)
    stage.propose(0, command('a'))
    stage.restart(0)
    expect(stage.mail).toEqual([])
    stage.propose(0, command('b'))
    stage.flow()
    stage.restart(0)
    stage.propose(0, command('c'))
    stage.settle()
    for (const slot of [0, 1, 2]) {
      expect(stage.committed(slot, '0.1')).toBe('b {0,0,0}')
      expect(stage.committed(slot, '0.2')).toBe('c {1,0,0}')
    }
  })

  it.each([3, 5])('of %i voters keeps the commit that the initial coordinator told one of them [H7]', (n) => {
    const stage = new Stage(n, {})
    stage.propose(0, command('a'))
    stage.deliver('pre-accept')
    stage.deliver('pre-accept-ok')
    const told = stage.take('commit', { to: 1 })
    stage.mail = []
    stage.restart(0)
    stage.recover(2, '0.1')
    stage.deliver('recover', { to: 0 })
    stage.arrive(told)
    stage.settle()
    for (let slot = 0; slot < n; slot++) expect(stage.committed(slot, '0.1')).toBe(stage.committed(1, '0.1'))
    expect(stage.executed(1)).toBe('a')
  })

  it('never lets the initial coordinator act at ballot 0 again: neither by old answers … [H21]', () => {
    const stage = new Stage(5)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept')
    const answers = stage.take('pre-accept-ok')
    stage.restart(0)
    stage.arrive(answers)
    stage.tick(0, defaultTuning.slowPathDelayMs)
    expect([...stage.find('pre-accept'), ...stage.find('accept'), ...stage.find('commit')]).toEqual([])
    expect(stage.cell(0, '0.1')?.phase).toBe('pre-accepted')
  })

  it('… nor by a second, different Accept [H21]', () => {
    const stage = new Stage(5)
    stage.propose(3, command('b'))
    stage.deliver('pre-accept', { to: 1 })
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { of: '0.1', to: 1 })
    stage.deliver('pre-accept', { of: '0.1', to: 2 })
    stage.deliver('pre-accept-ok', { of: '0.1' })
    stage.tick(0, defaultTuning.slowPathDelayMs)
    stage.deliver('accept', { to: 4 })
    stage.mail = []
    stage.restart(0)
    stage.tick(0, 10_000)
    expect(stage.find('pre-accept', { of: '0.1' })).toEqual([])
    expect(stage.find('accept')).toEqual([])
    stage.settle()
    for (let slot = 0; slot < 5; slot++) expect(stage.committed(slot, '0.1')).toBe('a {0,0,0,1,0}')
  })

  it('recovers what was open in the earlier life, however much it was [K16]', () => {
    const stage = new Stage(3, {})
    const names = Array.from({ length: 100 }, (_, i) => `c${i}`)
    stage.propose(0, ...names.map((name) => command(name, write(name))))
    stage.mail = []
    stage.restart(0)
    stage.settle()
    expect(stage.replica(1).status().committed).toEqual([100, 0, 0])
  })

  it('keeps a promise, also one for an instance never seen [H11]', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.tell(2, 1, { kind: 'recover', ...about, ballot: ballotOf(1, 2) })
    stage.restart(1)
    stage.deliver('pre-accept', { to: 1 })
    expect(stage.find('pre-accept-ok')).toEqual([])
    expect(stage.find('nack').map(({ message }) => message)).toEqual([
      { kind: 'nack', ...about, ballot: ballotOf(1, 2) },
    ])
  })

  it('keeps what was accepted, with its ballot [H3]', () => {
    const stage = new Stage(3)
    const ballot = ballotOf(3, 2)
    stage.tell(2, 1, { kind: 'accept', ...about, ballot, value: NOOP, deps: [0, 0, 0] })
    stage.tell(2, 1, { kind: 'recover', ...about, ballot: ballotOf(4, 2) })
    stage.restart(1)
    stage.mail = []
    stage.tell(2, 1, { kind: 'recover', ...about, ballot: ballotOf(5, 2) })
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

  it('uses no ballot a second time, and counts no answer to one of an earlier life [H31]', () => {
    const stage = new Stage(5)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 2 })
    stage.mail = []
    stage.recover(2, '0.1')
    stage.deliver('recover', { to: 3 })
    stage.deliver('recover', { to: 4 })
    const late = stage.take('recover-ok')
    stage.restart(2)
    stage.mail = []
    stage.recover(2, '0.1')
    expect(stage.cell(2, '0.1')?.ballot).toBe(ballotOf(2, 2))
    stage.mail = []
    stage.arrive(late)
    expect(stage.mail).toEqual([])
    expect(stage.cell(2, '0.1')?.phase).toBe('pre-accepted')
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

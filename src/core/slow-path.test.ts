import { describe, expect, it } from 'vitest'
import { ballotOf, defaultTuning, NOOP } from './index.js'
import { Stage } from './stage.js'
import { batch, command } from './stage-words.js'

const SLOW_MS = defaultTuning.slowPathDelayMs
const about = { epoch: 0, instance: { slot: 0, number: 1 } }

/** R0 of five has asked R1 and R2 only, and R2 had seen something interfering: no fast path, and no way to know. */
const undecided = (): Stage => {
  const stage = new Stage(5)
  stage.propose(3, command('b'))
  stage.deliver('pre-accept', { to: 2 })
  stage.propose(0, command('a'))
  stage.deliver('pre-accept', { to: 1, of: '0.1' })
  stage.deliver('pre-accept', { to: 2, of: '0.1' })
  stage.deliver('pre-accept-ok', { of: '0.1' })
  return stage
}

describe('slow path', () => {
  it.each([2, 3, 4, 5, 6, 7, 8, 9])('of %i voters orders two proposals that cross each other [K5]', (n) => {
    const stage = new Stage(n)
    stage.propose(0, command('a'))
    stage.propose(1, command('b'))
    stage.flow()
    stage.settle()
    const [a, b] = [stage.cell(0, '0.1')?.deps, stage.cell(0, '1.1')?.deps]
    expect((a?.[1] ?? 0) + (b?.[0] ?? 0)).toBeGreaterThan(0)
    for (let slot = 0; slot < n; slot++) {
      expect(stage.committed(slot, '0.1')).toBe(stage.committed(0, '0.1'))
      expect(stage.committed(slot, '1.1')).toBe(stage.committed(0, '1.1'))
      expect(stage.executed(slot)).toBe(stage.executed(0))
    }
  })

  it('starts at once where, of 3, the first answer differs', () => {
    const stage = new Stage(3)
    stage.propose(1, command('b'))
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 1, of: '0.1' })
    expect(stage.find('accept')).toEqual([])
    stage.deliver('pre-accept-ok', { of: '0.1', from: 1 })
    expect(stage.find('accept').map(({ to }) => to)).toEqual([1, 2])
  })

  /** Voters 1 and 3 have seen another command when they hear of this one. */
  const halfSeen = (): Stage => {
    const stage = new Stage(5)
    stage.propose(4, command('b'))
    for (const to of [1, 3]) stage.deliver('pre-accept', { to, of: '4.1' })
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { of: '0.1' })
    return stage
  }

  it('starts with n − f votes of which no more than half are equal, though enough might come', () => {
    const stage = halfSeen()
    stage.deliver('pre-accept-ok', { of: '0.1', from: 1 })
    expect(stage.find('accept')).toEqual([])
    stage.deliver('pre-accept-ok', { of: '0.1', from: 3 })
    expect(stage.find('accept').map(({ to }) => to)).toEqual([1, 2, 3, 4])
    expect(stage.cell(0, '0.1')).toMatchObject({ phase: 'accepted', deps: [0, 0, 0, 0, 1] })
  })

  it('waits for the fast one while most votes are equal, and no longer', () => {
    const stage = halfSeen()
    for (const from of [1, 2]) stage.deliver('pre-accept-ok', { of: '0.1', from })
    expect(stage.find('accept')).toEqual([])
    stage.drop('pre-accept-ok', { from: 4 })
    stage.deliver('pre-accept-ok', { of: '0.1', from: 3 })
    expect(stage.find('accept')).toHaveLength(4)
  })

  it('starts by timer when voters are dead or late, with the union of all votes [K7]', () => {
    const stage = undecided()
    stage.tick(0, SLOW_MS - 1)
    expect(stage.find('accept')).toEqual([])
    stage.tick(0, 1)
    expect(stage.find('accept')).toHaveLength(4)
    expect(stage.cell(0, '0.1')).toMatchObject({ phase: 'accepted', deps: [0, 0, 0, 1, 0] })
  })

  it('does not start by timer with fewer votes than n − f', () => {
    const stage = new Stage(5)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 1 })
    stage.deliver('pre-accept-ok')
    stage.tick(0, SLOW_MS)
    expect(stage.find('accept')).toEqual([])
  })

  it('is not left for the fast one by a late answer [K7]', () => {
    const stage = undecided()
    stage.tick(0, SLOW_MS)
    stage.deliver('pre-accept', { to: 4, of: '0.1' })
    stage.deliver('pre-accept-ok', { from: 4, of: '0.1' })
    expect(stage.cell(0, '0.1')?.phase).toBe('accepted')
  })

  it('does not count votes for another ballot [H6]', () => {
    const stage = undecided()
    stage.tick(0, SLOW_MS)
    for (const slot of [1, 2, 3]) stage.tell(slot, 0, { kind: 'accept-ok', ...about, ballot: ballotOf(1, slot) })
    expect(stage.cell(0, '0.1')?.phase).toBe('accepted')
  })

  it('sets phase, ballot and voted ballot together, and refuses a lower Accept afterwards [K1]', () => {
    const stage = new Stage(3)
    const high = ballotOf(2, 2)
    stage.tell(2, 1, { kind: 'accept', ...about, ballot: high, value: NOOP, deps: [0, 0, 0] })
    expect(stage.disk(1).at(-1)).toMatchObject({ phase: 'accepted', ballot: high, votedBallot: high })
    stage.tell(0, 1, { kind: 'accept', ...about, ballot: 0, value: batch(command('a')), deps: [0, 0, 0] })
    expect(stage.find('nack').map(({ to, message }) => [to, message])).toEqual([
      [0, { kind: 'nack', ...about, ballot: high }],
    ])
    expect(stage.disk(1).at(-1)).toMatchObject({ value: NOOP, ballot: high, votedBallot: high })
  })

  it('is not disturbed by a Nack of a ballot that is not higher', () => {
    const stage = undecided()
    stage.tell(4, 0, { kind: 'nack', ...about, ballot: 0 })
    stage.tick(0, SLOW_MS)
    expect(stage.find('accept')).toHaveLength(4)
  })

  it('keeps no PreAccept waiting for an answer after an Accept, which tells nothing of its own interference [H27]', () => {
    const stage = undecided()
    stage.tick(0, SLOW_MS)
    stage.deliver('accept', { to: 4 })
    stage.deliver('pre-accept', { to: 4, of: '0.1' })
    expect(stage.find('pre-accept-ok', { from: 4, of: '0.1' })).toEqual([])
  })
})

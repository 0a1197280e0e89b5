import { describe, expect, it } from 'vitest'
import { defaultTuning, type Message, type Tuning } from './index.js'
import { NO_REPEATS, Stage } from './stage.js'
import { command, frontierOf } from './stage-words.js'

const SLOW_MS = defaultTuning.slowPathDelayMs

const thrifty = (n: number, tuning: Partial<Tuning> = NO_REPEATS): Stage => new Stage(n, { ...tuning, thrifty: true })

/** Whom R0 asks, in the order of asking. */
const asked = (stage: Stage, kind: Message['kind'], of = '0.1'): number[] =>
  stage.find(kind, { from: 0, of }).map(({ to }) => to)

/** R0 of five, whose neighbours R1 and R2 know of another command: it goes on to Accept. */
const onSlowPath = (tuning?: Partial<Tuning>): Stage => {
  const stage = thrifty(5, tuning)
  stage.propose(1, command('x'))
  stage.mail = []
  stage.propose(0, command('a'))
  stage.deliver('pre-accept', { from: 0 })
  stage.deliver('pre-accept-ok', { to: 0 })
  return stage
}

describe('a thrifty coordinator', () => {
  it.each([
    [2, [1]],
    [3, [1]],
    [4, [1, 2]],
    [5, [1, 2]],
    [7, [1, 2, 3, 4]],
    [9, [1, 2, 3, 4, 5]],
  ])('of %i voters asks just enough for the fast path, those after itself: %j', (n, others) => {
    const stage = thrifty(n)
    stage.propose(0, command('a'))
    expect(asked(stage, 'pre-accept')).toEqual(others)
    stage.deliver('pre-accept')
    stage.deliver('pre-accept-ok')
    expect(stage.cell(0, '0.1')).toMatchObject({ phase: 'committed', path: 'fast' })
    stage.flow()
    for (let slot = 0; slot < n; slot++) expect(stage.executed(slot)).toBe('a')
  })

  it('asks those that it is told are the nearest, whoever else is named', () => {
    const stage = thrifty(5)
    stage.replica(0).prefer(['f'.repeat(32)])
    stage.prefer(0, [4, 0, 2])
    stage.propose(0, command('a'))
    expect(asked(stage, 'pre-accept')).toEqual([2, 4])
    stage.prefer(0, [3])
    stage.flow()
    stage.propose(0, command('b'))
    expect(asked(stage, 'pre-accept', '0.2')).toContain(3)
  })

  it('needs no more than a slow quorum for Accept', () => {
    const stage = onSlowPath()
    expect(asked(stage, 'accept')).toEqual([1, 2])
    stage.deliver('accept')
    stage.deliver('accept-ok')
    expect(stage.cell(0, '0.1')).toMatchObject({ phase: 'committed', path: 'slow', deps: [0, 1, 0, 0, 0] })
  })

  it('takes the slow path by the votes of those asked, without waiting for others', () => {
    const stage = thrifty(3)
    stage.propose(1, command('x'))
    stage.mail = []
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { from: 0 })
    stage.deliver('pre-accept-ok')
    expect(stage.cell(0, '0.1')).toMatchObject({ phase: 'accepted', deps: [0, 1, 0] })
  })

  it('asks everybody once one of them is late, and may still be fast [K11]', () => {
    const stage = thrifty(5)
    stage.crash(2)
    stage.propose(0, command('a'))
    stage.flow()
    expect(stage.cell(0, '0.1')?.phase).toBe('pre-accepted')
    stage.tick(0, SLOW_MS)
    expect(asked(stage, 'pre-accept')).toEqual([2, 3, 4])
    stage.flow()
    expect(stage.cell(0, '0.1')).toMatchObject({ phase: 'committed', path: 'fast' })
  })

  it('asks everybody to accept, too, once it says it again [K11]', () => {
    const stage = onSlowPath({})
    stage.crash(1)
    stage.deliver('accept')
    stage.deliver('accept-ok')
    expect(stage.cell(0, '0.1')?.phase).toBe('accepted')
    stage.mail = []
    stage.tick(0, defaultTuning.retransmitMs)
    expect(asked(stage, 'accept')).toEqual([1, 3, 4])
    stage.deliver('accept')
    stage.deliver('accept-ok')
    expect(stage.cell(0, '0.1')).toMatchObject({ phase: 'committed', path: 'slow' })
  })

  it('keeps those it has asked when its order changes meanwhile: their votes count, and nobody is left out [K11]', () => {
    const stage = thrifty(5)
    stage.propose(0, command('a'))
    stage.prefer(0, [4, 3])
    stage.deliver('pre-accept', { to: 1 })
    stage.deliver('pre-accept-ok')
    stage.drop('pre-accept')
    stage.tick(0, SLOW_MS)
    expect(asked(stage, 'pre-accept')).toEqual([2, 3, 4])
    stage.deliver('pre-accept', { to: 4 })
    stage.deliver('pre-accept-ok')
    expect(stage.cell(0, '0.1')).toMatchObject({ phase: 'committed', path: 'fast' })
  })

  it('asks no one it suspects while there are others, and everybody where there are too few', () => {
    const stage = thrifty(5)
    stage.tick(0, defaultTuning.suspectMs)
    const hear = (slot: number): void => stage.tell(slot, 0, frontierOf([0, 0, 0, 0, 0]))
    for (const slot of [1, 3, 4]) hear(slot)
    stage.tick(0, 50)
    stage.mail = []
    stage.propose(0, command('a'))
    expect(asked(stage, 'pre-accept')).toEqual([1, 3])
    stage.deliver('pre-accept')
    stage.deliver('pre-accept-ok')
    stage.tick(0, defaultTuning.suspectMs + 50)
    stage.mail = []
    stage.propose(0, command('b'))
    expect(asked(stage, 'pre-accept', '0.2')).toEqual([1, 2, 3, 4])
  })

  it('asks everybody in a recovery: who was not asked before answers that it has seen nothing', () => {
    const stage = thrifty(5)
    stage.propose(0, command('a'))
    stage.flow()
    stage.propose(0, command('b'))
    stage.deliver('pre-accept', { to: 1 })
    stage.crash(0)
    stage.mail = []
    stage.recover(1, '0.2')
    expect(stage.find('recover').map(({ to }) => to)).toEqual([0, 2, 3, 4])
    stage.settle()
    for (const slot of [1, 2, 3, 4]) expect(stage.executed(slot)).toBe('a b')
  })
})

import { describe, expect, it } from 'vitest'
import { ballotOf, defaultTuning, NOOP, type Tuning } from './index.js'
import { Stage } from './stage.js'
import { batch, command, show } from './stage-words.js'

/** `c`, of a coordinator that is away; `x` interferes with it, and neither knew of the other. */
const C = { epoch: 0, instance: { slot: 0, number: 1 } }
const X = { epoch: 0, instance: { slot: 2, number: 1 } }
const none = [0, 0, 0, 0, 0]

/** R1 recovers 0.1, and R2 and R3 answer all that it asks. */
const validated = (stage: Stage): void => {
  stage.recover(1, '0.1')
  for (const to of [2, 3]) {
    stage.deliver('recover', { to })
    stage.deliver('recover-ok', { from: to })
  }
  stage.deliver('validate')
  stage.deliver('validate-ok')
}

/**
 * R1 recovers c = 0.1, which it alone has pre-accepted, with R2 and R3. R2 is the coordinator of x = 2.1, has not
 * seen c, and has not decided: R1 can't tell whether c or x was first, and waits.
 */
const waiting = (before: (stage: Stage) => void = () => {}, tuning?: Partial<Tuning>): Stage => {
  const stage = new Stage(5, tuning)
  stage.propose(0, command('c'))
  stage.deliver('pre-accept', { to: 1 })
  stage.propose(2, command('x'))
  before(stage)
  validated(stage)
  expect(stage.find('accept', { from: 1 })).toEqual([])
  expect(stage.find('waiting').map(({ to, message }) => [to, message])).toEqual(
    [0, 2, 3, 4].map((to) => [to, { kind: 'waiting', ...C, unchanged: 1 }]),
  )
  return stage
}

/** What R1 proposes for c in the end. */
const outcome = (stage: Stage): string | undefined => {
  const message = stage.find('accept', { from: 1, of: '0.1' })[0]?.message
  return message?.kind === 'accept' ? show(message.value, message.deps) : undefined
}

describe('a recovery that waits for another instance', () => {
  it('keeps its command when that one is committed as a no-op', () => {
    const stage = waiting()
    stage.tell(4, 1, { kind: 'commit', ...X, value: NOOP, deps: none })
    expect(outcome(stage)).toBe('c {0,0,0,0,0}')
  })

  it('keeps its command only when all it waits for have let it', () => {
    const stage = new Stage(5)
    stage.propose(0, command('c'))
    stage.deliver('pre-accept', { to: 1 })
    stage.propose(2, command('x'))
    stage.propose(3, command('y'))
    validated(stage)
    stage.tell(4, 1, { kind: 'commit', ...X, value: NOOP, deps: none })
    expect(outcome(stage)).toBeUndefined()
    const covering = { value: batch(command('y')), deps: [1, 0, 0, 0, 0] }
    stage.tell(3, 1, { kind: 'commit', epoch: 0, instance: { slot: 3, number: 1 }, ...covering })
    expect(outcome(stage)).toBe('c {0,0,0,0,0}')
  })

  it('gives up when that one waits too, and had more voters that left it unchanged than a fast path needs', () => {
    const stage = waiting()
    stage.tell(2, 1, { kind: 'waiting', ...X, unchanged: 1 })
    expect(outcome(stage)).toBeUndefined()
    stage.tell(2, 1, { kind: 'waiting', ...X, unchanged: 2 })
    expect(outcome(stage)).toBe('no-op {0,0,0,0,0}')
  })

  it('heeds a Waiting that came before it waited itself [H28]', () => {
    const stage = new Stage(5)
    stage.propose(0, command('c'))
    stage.deliver('pre-accept', { to: 1 })
    stage.propose(2, command('x'))
    stage.tell(4, 1, { kind: 'waiting', ...X, unchanged: 2 })
    validated(stage)
    expect(outcome(stage)).toBe('no-op {0,0,0,0,0}')
  })

  it('recovers the one it waits for, and ends', () => {
    const stage = waiting((it) => it.deliver('pre-accept', { from: 2, to: 3 }), {})
    stage.crash(0)
    stage.crash(2)
    stage.mail = []
    stage.settle()
    expect(stage.committed(1, '0.1')).toBe(stage.committed(4, '0.1'))
    expect(stage.committed(1, '2.1')).toBe(stage.committed(4, '2.1'))
    expect(stage.committed(1, '2.1')).toBeDefined()
  })

  it('goes on waiting on a late answer of anybody else, or of one that was counted already', () => {
    const stage = waiting()
    stage.deliver('recover', { to: 4, of: '0.1' })
    stage.deliver('recover-ok', { from: 4, of: '0.1' })
    const counted = { kind: 'recover-ok', ...C, ballot: ballotOf(1, 1), votedBallot: 0, initDeps: undefined } as const
    stage.tell(3, 1, { ...counted, phase: 'accepted', value: batch(command('c')), deps: [0, 0, 1, 0, 0] })
    expect(outcome(stage)).toBeUndefined()
  })

  it('ends this attempt at a higher ballot of somebody else [K3]', () => {
    const stage = waiting()
    stage.tell(3, 1, { kind: 'nack', ...C, ballot: ballotOf(4, 3) })
    stage.tell(4, 1, { kind: 'commit', ...X, value: NOOP, deps: none })
    expect(outcome(stage)).toBeUndefined()
    stage.mail = []
    stage.recover(1, '0.1')
    expect(stage.find('recover')[0]?.message).toMatchObject({ ballot: ballotOf(5, 1) })
  })

  it('says so again, and asks again who has not answered, as long as it waits [K16]', () => {
    const stage = waiting(undefined, {})
    stage.mail = []
    stage.tick(1, defaultTuning.retransmitMs)
    expect(stage.some('waiting').map(({ to, message }) => [to, message])).toEqual(
      [0, 2, 3, 4].map((to) => [to, { kind: 'waiting', ...C, unchanged: 1 }]),
    )
    expect(stage.some('recover', { of: '0.1' }).map(({ to }) => to)).toEqual([0, 4])
  })

  it('starts again at a higher ballot after a long wait', () => {
    const stage = waiting()
    stage.mail = []
    stage.tick(1, defaultTuning.waitingMs)
    stage.recover(1, '0.1')
    expect(stage.find('recover')[0]?.message).toMatchObject({ ballot: ballotOf(2, 1) })
  })
})

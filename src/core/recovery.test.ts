import { describe, expect, it } from 'vitest'
import { ballotOf, defaultTuning, NOOP, type Value } from './index.js'
import { Stage } from './stage.js'
import { batch, command, recoverOne, show } from './stage-words.js'

const about = { epoch: 0, instance: { slot: 0, number: 1 } }

/** What the recoverer proposes to the acceptors, once. */
const accepting = (stage: Stage, from: number): string | undefined => {
  const message = stage.find('accept', { from, of: '0.1' })[0]?.message
  return message?.kind === 'accept' ? show(message.value, message.deps) : undefined
}

/** The recoverer has asked; these voters answer. Everything that comes of Validate among them happens, too. */
const answer = (stage: Stage, recoverer: number, voters: readonly number[]): void => {
  for (const voter of voters) {
    stage.deliver('recover', { to: voter, of: '0.1' })
    stage.deliver('recover-ok', { from: voter, of: '0.1' })
  }
  while (stage.find('validate').length + stage.find('validate-ok').length > 0) {
    if (stage.find('validate').length > 0) stage.deliver('validate')
    else stage.deliver('validate-ok', { to: recoverer })
  }
}

/** R0 of five proposes `a`, which these voters pre-accept; then R0 falls silent. */
const proposed = (voters: readonly number[]): Stage => {
  const stage = new Stage(5)
  stage.propose(0, command('a'))
  for (const to of voters) stage.deliver('pre-accept', { to })
  return stage
}

describe('recovery', () => {
  it('takes over a commit by the dependencies in the answer, not by its own [H12]', () => {
    const stage = new Stage(3)
    stage.propose(2, command('b'))
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { of: '0.1' })
    stage.deliver('pre-accept-ok', { from: 1 })
    stage.deliver('commit', { to: 1 })
    expect(stage.cell(2, '0.1')?.deps).toEqual([0, 0, 1])
    stage.mail = []
    stage.recover(2, '0.1')
    answer(stage, 2, [1])
    expect(stage.committed(2, '0.1')).toBe('a {0,0,0}')
  })

  it.each([
    ['the recoverer itself', ballotOf(2, 4), ballotOf(1, 3), 'no-op {0,0,0,0,0}'],
    ['another voter', ballotOf(1, 4), ballotOf(2, 3), 'a {0,0,0,0,0}'],
  ])(
    'takes the value accepted at the highest ballot, held by %s, not promised at it [H3]',
    (_, mine, theirs, chosen) => {
      const stage = new Stage(5)
      const accept = (to: number, ballot: number, value: Value): void =>
        stage.tell(ballot % 16, to, { kind: 'accept', ...about, ballot, value, deps: [0, 0, 0, 0, 0] })
      accept(1, mine, NOOP)
      accept(2, theirs, batch(command('a')))
      for (const to of [1, 2]) stage.tell(3, to, recoverOne(about.instance, ballotOf(3, 3)))
      stage.mail = []
      stage.recover(1, '0.1')
      answer(stage, 1, [2, 4])
      expect(accepting(stage, 1)).toBe(chosen)
    },
  )

  it('takes what the initial coordinator has had accepted at ballot 0, though it may have been fast too', () => {
    const stage = proposed([4])
    stage.tell(0, 3, { kind: 'accept', ...about, ballot: 0, value: batch(command('a')), deps: [0, 7, 0, 0, 0] })
    stage.mail = []
    stage.recover(4, '0.1')
    answer(stage, 4, [2, 3])
    expect(accepting(stage, 4)).toBe('a {0,7,0,0,0}')
  })

  it('ends in a no-op where too few have pre-accepted it unchanged', () => {
    const stage = new Stage(5)
    stage.propose(4, command('b'))
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 4, of: '0.1' })
    stage.mail = []
    stage.recover(4, '0.1')
    answer(stage, 4, [2, 3])
    expect(accepting(stage, 4)).toBe('no-op {0,0,0,0,0}')
  })

  it.each([
    ['one is left', [2]],
    ['all are left', [2, 3, 4]],
  ])('keeps a command that may have been fast where nothing contradicts it: %s [K15]', (_, voters) => {
    const stage = proposed([1, ...voters])
    stage.deliver('pre-accept-ok', { from: 1 })
    stage.deliver('pre-accept-ok', { from: 2 })
    expect(stage.committed(0, '0.1')).toBe('a {0,0,0,0,0}')
    stage.crash(0)
    stage.crash(1)
    stage.mail = []
    stage.recover(2, '0.1')
    answer(stage, 2, [3, 4])
    expect(accepting(stage, 2)).toBe('a {0,0,0,0,0}')
    stage.settle()
    for (const slot of [2, 3, 4]) expect(stage.executed(slot)).toBe('a')
  })

  it('ends in a no-op where just enough are left and the coordinator of the other one is not among them', () => {
    const stage = proposed([2])
    stage.propose(1, command('b'))
    stage.deliver('pre-accept', { from: 1, to: 3 })
    stage.mail = []
    stage.recover(2, '0.1')
    answer(stage, 2, [3, 4])
    expect(accepting(stage, 2)).toBe('no-op {0,0,0,0,0}')
  })

  it('waits for every member of its quorum to validate, and for nobody else [H6]', () => {
    const stage = proposed([2])
    stage.mail = []
    stage.recover(2, '0.1')
    for (const to of [3, 4]) {
      stage.deliver('recover', { to })
      stage.deliver('recover-ok', { from: to })
    }
    stage.deliver('validate', { to: 3 })
    const valid = stage.take('validate-ok')
    for (let i = 0; i < 3; i++) stage.arrive(valid)
    const [one] = valid
    if (one !== undefined) stage.tell(1, 2, one.message)
    expect(accepting(stage, 2)).toBeUndefined()
    stage.deliver('validate', { to: 4 })
    stage.deliver('validate-ok')
    expect(accepting(stage, 2)).toBe('a {0,0,0,0,0}')
  })

  it('asks those to validate again that have not answered, at the same ballot [K16]', () => {
    const stage = new Stage(5, {})
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 2 })
    stage.mail = []
    stage.recover(2, '0.1')
    for (const to of [3, 4]) {
      stage.deliver('recover', { to })
      stage.deliver('recover-ok', { from: to })
    }
    const [first] = stage.find('validate', { to: 4 })
    stage.deliver('validate', { to: 3 })
    stage.deliver('validate-ok')
    stage.drop('validate')
    stage.tick(2, defaultTuning.retransmitMs)
    expect(stage.find('validate')).toEqual([first])
    stage.deliver('validate')
    stage.deliver('validate-ok')
    expect(accepting(stage, 2)).toBe('a {0,0,0,0,0}')
  })

  it('reaches what is known only as a dependency, as well as what blocks the thread that recovers it [K13]', () => {
    const stage = new Stage(3, {})
    const deps = [2, 0, 0]
    stage.tell(1, 2, { kind: 'commit', epoch: 0, instance: { slot: 1, number: 1 }, value: batch(command('b')), deps })
    expect(stage.executed(2)).toBe('')
    stage.settle()
    expect(stage.committed(2, '0.1')).toBe('no-op {0,0,0}')
    expect(stage.committed(2, '0.2')).toBe('no-op {0,0,0}')
    expect(stage.executed(2)).toBe('b')
  })
})

import { describe, expect, it } from 'vitest'
import { ballotOf, NOOP, type Value } from './index.js'
import { batch, command, Stage, show } from './stage.js'

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
  it('takes over a commit, by the value in the answer: the recoverer never saw the command [H12]', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 1 })
    stage.deliver('pre-accept-ok')
    stage.deliver('commit', { to: 1 })
    stage.mail = []
    stage.propose(2, command('b'))
    stage.deliver('pre-accept', { to: 1, of: '2.1' })
    stage.deliver('pre-accept-ok', { of: '2.1' })
    stage.mail = []
    stage.tick(2, 500)
    stage.deliver('accept', { to: 1, of: '2.1' })
    stage.deliver('accept-ok')
    expect(stage.committed(2, '2.1')).toBe('b {1,0,0}')
    stage.recover(2, '0.1')
    answer(stage, 2, [1])
    expect(stage.committed(2, '0.1')).toBe('a {0,0,0}')
    expect(stage.executed(2)).toBe('a b')
    expect(stage.find('commit', { from: 2, to: 0, of: '0.1' })[0]?.message).toMatchObject({
      value: { kind: 'commands' },
    })
  })

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
      for (const to of [1, 2]) stage.tell(3, to, { kind: 'recover', ...about, ballot: ballotOf(3, 3) })
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

  it('ends in a no-op where the initial coordinator answers, also as the last of the quorum [K10]', () => {
    const stage = proposed([3, 4])
    stage.mail = []
    stage.recover(4, '0.1')
    answer(stage, 4, [3, 0])
    expect(accepting(stage, 4)).toBe('no-op {0,0,0,0,0}')
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

  it('ends in a no-op where an interfering command is committed without it [K15]', () => {
    const stage = proposed([2])
    stage.propose(3, command('b'))
    stage.deliver('pre-accept', { from: 3, to: 1 })
    stage.deliver('pre-accept', { from: 3, to: 4 })
    stage.deliver('pre-accept-ok', { to: 3 })
    expect(stage.committed(3, '3.1')).toBe('b {0,0,0,0,0}')
    stage.mail = []
    stage.recover(2, '0.1')
    answer(stage, 2, [3, 4])
    expect(accepting(stage, 2)).toBe('no-op {0,0,0,0,0}')
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

  it.each([
    [2, 3],
    [3, 2],
  ])(
    'ends for two that miss each other, their coordinators dead: R%i recovers first, then R%i [K14]',
    (first, second) => {
      const stage = proposed([2])
      stage.propose(1, command('b'))
      stage.deliver('pre-accept', { from: 1, to: 3 })
      stage.crash(0)
      stage.crash(1)
      stage.mail = []
      stage.recover(first, first === 2 ? '0.1' : '1.1')
      stage.deliver('recover')
      stage.recover(second, second === 2 ? '0.1' : '1.1')
      stage.settle()
      expect(stage.committed(4, '0.1')).toBeDefined()
      expect(stage.committed(4, '1.1')).toBeDefined()
      expect(stage.executed(2)).toBe(stage.executed(3))
    },
  )

  it('counts the answers of one voter once, and only those to its own ballot [H6]', () => {
    const stage = proposed([4])
    stage.mail = []
    stage.recover(4, '0.1')
    stage.deliver('recover', { to: 3 })
    const late = stage.take('recover-ok')
    for (let i = 0; i < 3; i++) stage.arrive(late)
    expect(stage.mail.filter(({ message }) => message.kind !== 'recover')).toEqual([])
    stage.tell(3, 4, { kind: 'nack', ...about, ballot: ballotOf(1, 9) })
    stage.mail = []
    stage.recover(4, '0.1')
    const ballot = ballotOf(2, 4)
    expect(stage.find('recover')[0]?.message).toMatchObject({ ballot })
    stage.arrive(late)
    stage.deliver('recover', { to: 2 })
    stage.deliver('recover-ok', { from: 2 })
    expect(stage.find('validate')).toEqual([])
    stage.deliver('recover', { to: 3 })
    stage.deliver('recover-ok', { from: 3 })
    expect(stage.find('validate').map(({ to }) => to)).toEqual([2, 3])
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

  it('touches its own row only, and leaves the dependencies on that row [K4]', () => {
    const stage = new Stage(3, {})
    for (const name of ['a', 'b', 'c', 'd']) {
      stage.propose(0, command(name))
      stage.propose(1, command(`${name}1`))
      stage.settle()
    }
    stage.mail = []
    stage.propose(0, command('e'))
    stage.deliver('pre-accept', { to: 1 })
    stage.crash(0)
    stage.propose(1, command('e1'))
    const before = stage.cell(1, '1.5')
    stage.mail = []
    stage.recover(1, '0.5')
    expect(stage.cell(1, '1.5')).toEqual(before)
    stage.settle()
    expect(stage.committed(2, '0.5')).toBe('e {4,4,0}')
  })

  it('ends when all recover the same one in lock step, with equal timers [H10]', () => {
    const stage = new Stage(5, {})
    stage.propose(0, command('a'))
    stage.deliver('pre-accept')
    stage.crash(0)
    stage.mail = []
    for (const slot of [1, 2, 3, 4]) stage.recover(slot, '0.1')
    stage.settle()
    for (const slot of [1, 2, 3, 4]) expect(stage.committed(slot, '0.1')).toBe('a {0,0,0,0,0}')
  })

  it('proposes a command again that ended as a no-op, under a new number, and executes it once [H9]', () => {
    const stage = new Stage(3, {})
    stage.propose(0, command('a'))
    stage.mail = []
    stage.tell(2, 0, { kind: 'recover', ...about, ballot: ballotOf(1, 2) })
    stage.tell(2, 0, { kind: 'commit', ...about, value: NOOP, deps: [0, 0, 0] })
    stage.tell(2, 1, { kind: 'commit', ...about, value: NOOP, deps: [0, 0, 0] })
    expect(stage.events(0)).toMatchObject([
      { kind: 'committed', value: NOOP },
      { kind: 'proposed-again', from: { slot: 0, number: 1 }, to: { slot: 0, number: 2 } },
    ])
    stage.settle()
    for (const slot of [0, 1, 2]) {
      expect(stage.committed(slot, '0.2')).toBe('a {1,0,0}')
      expect(stage.executed(slot)).toBe('a')
    }
  })

  it('does not propose a command again that others have committed for its owner [H9]', () => {
    const stage = new Stage(3, {})
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 1 })
    stage.mail = []
    stage.recover(1, '0.1')
    answer(stage, 1, [2])
    stage.deliver('accept', { to: 2 })
    stage.deliver('accept-ok')
    expect(stage.committed(1, '0.1')).toBe('a {0,0,0}')
    stage.mail = []
    stage.settle()
    for (const slot of [0, 1, 2]) expect(stage.executed(slot)).toBe('a')
    expect(stage.replica(0).status().committed).toEqual([1, 0, 0])
    expect(stage.events(0).map(({ kind }) => kind)).toEqual(['committed'])
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

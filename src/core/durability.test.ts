import { describe, expect, it } from 'vitest'
import { ballotOf, type Message, NOOP, type Ready, write } from './index.js'
import { Stage } from './stage.js'
import { batch, command, recoverOne } from './stage-words.js'

const about = { epoch: 0, instance: { slot: 0, number: 1 } }
const ballot = ballotOf(1, 0)
const value = batch(command('a'))
const deps = [0, 0, 0]

/** What R0 asks R1, and the answer that reports a write of R1. */
const questions: readonly (readonly [string, readonly Message[], Message['kind']])[] = [
  ['PreAccept', [{ kind: 'pre-accept', ...about, value, deps }], 'pre-accept-ok'],
  ['Accept', [{ kind: 'accept', ...about, ballot: 0, value, deps }], 'accept-ok'],
  ['Recover', [recoverOne(about.instance, ballot)], 'recover-ok'],
  [
    'Validate',
    [recoverOne(about.instance, ballot), { kind: 'validate', ...about, ballot, value, deps }],
    'validate-ok',
  ],
  [
    'what comes below a promise',
    [recoverOne(about.instance, ballot), { kind: 'pre-accept', ...about, value, deps }],
    'nack',
  ],
]

/** R0 of three has the votes for a fast commit, whose write is under way. */
const deciding = (): Stage => {
  const stage = new Stage(3)
  stage.propose(0, command('a'))
  stage.deliver('pre-accept')
  stage.withhold(0)
  stage.deliver('pre-accept-ok', { from: 1 })
  expect(stage.cell(0, '0.1')?.phase).toBe('committed')
  return stage
}

describe('durability', () => {
  it.each(questions)('lets no answer to %s leave before the write it reports', (_, asked, answer) => {
    const stage = new Stage(3)
    stage.withhold(1)
    for (const message of asked) stage.tell(0, 1, message)
    expect(stage.mail).toEqual([])
    stage.write(1)
    expect(stage.find(answer)).toHaveLength(1)
  })

  it.each(questions)('lets the repeated answer to %s wait for the write of the first [H30]', (_, asked, answer) => {
    const stage = new Stage(3)
    stage.withhold(1)
    for (const message of asked) stage.tell(0, 1, message)
    for (const message of asked) stage.tell(0, 1, message)
    expect(stage.find(answer)).toEqual([])
    stage.write(1)
    expect(stage.find(answer).length).toBeGreaterThan(1)
  })

  it('lets no PreAccept leave before the own instance is durable [H5]', () => {
    const stage = new Stage(3)
    stage.withhold(0)
    stage.propose(0, command('a'))
    expect(stage.mail).toEqual([])
    expect(stage.writing(0).flatMap(({ records }) => records)).toMatchObject([
      { phase: 'pre-accepted', value, initValue: value, deps, initDeps: deps, ballot: 0, votedBallot: 0 },
    ])
    stage.write(0)
    expect(stage.find('pre-accept')).toHaveLength(2)
  })

  it('lets no repeated PreAccept leave before that either [H30]', () => {
    const stage = new Stage(3, { retransmitMs: 100 })
    stage.withhold(0)
    stage.propose(0, command('a'))
    stage.tick(0, 300)
    expect(stage.find('pre-accept')).toEqual([])
    stage.write(0)
    expect(stage.find('pre-accept').length).toBeGreaterThan(2)
  })

  it('lets no Recover leave before the own promise is durable', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.deliver('pre-accept', { to: 1 })
    stage.mail = []
    stage.withhold(1)
    stage.tick(1, 5000)
    expect(stage.find('recover')).toEqual([])
    stage.write(1)
    expect(stage.find('recover').map(({ to }) => to)).toEqual([0, 2])
    expect(stage.disk(1).at(-1)?.ballot).toBe(ballotOf(1, 1))
  })

  it('counts an own vote only once it is durable, and sends Accept at once', () => {
    const stage = new Stage(3)
    stage.propose(1, command('b'))
    stage.deliver('pre-accept')
    stage.deliver('pre-accept-ok')
    stage.mail = []
    stage.propose(0, command('a'))
    stage.propose(2, command('c'))
    stage.deliver('pre-accept', { from: 2, to: 1 })
    stage.deliver('pre-accept', { from: 0 })
    stage.withhold(0)
    stage.deliver('pre-accept-ok', { to: 0 })
    stage.deliver('accept', { to: 1 })
    stage.deliver('accept-ok')
    expect(stage.cell(0, '0.1')?.phase).toBe('accepted')
    stage.write(0)
    expect(stage.cell(0, '0.1')?.phase).toBe('committed')
  })

  it("tells nothing of the initial coordinator's commit before it is durable [H7]", () => {
    const stage = deciding()
    stage.mail = []
    stage.tell(1, 0, recoverOne(about.instance, ballotOf(1, 1)))
    stage.tell(1, 0, { kind: 'accept', ...about, ballot: ballotOf(1, 1), value: NOOP, deps })
    stage.tell(1, 0, { kind: 'validate', ...about, ballot: ballotOf(1, 1), value, deps })
    stage.tell(1, 0, { kind: 'fetch', epoch: 0, slot: 0, from: 1, to: 1 })
    stage.tick(0, 1000)
    expect(new Set(stage.mail.map(({ message }) => message.kind))).toEqual(new Set(['frontier']))
    for (const { message } of stage.find('frontier')) expect(message).toMatchObject({ committed: [0, 0, 0] })
    expect(stage.replica(0).status().committed).toEqual([0, 0, 0])
    expect(stage.events(0)).toEqual([])

    stage.mail = []
    stage.write(0)
    expect(stage.find('commit').map(({ to }) => to)).toEqual([1, 2])
    expect(stage.events(0)).toMatchObject([{ kind: 'committed', path: 'fast' }])
    expect(stage.replica(0).status().committed).toEqual([1, 0, 0])
  })

  it('keeps it out of the frontier also when a later one of its row is durable before it [H7]', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a', write('x')), command('b', write('y')))
    stage.deliver('pre-accept')
    stage.withhold(0)
    stage.deliver('pre-accept-ok', { from: 1, of: '0.2' })
    stage.deliver('pre-accept-ok', { from: 1, of: '0.1' })
    stage.write(0, 1)
    expect(stage.replica(0).status().committed).toEqual([0, 0, 0])
    stage.write(0)
    expect(stage.replica(0).status().committed).toEqual([2, 0, 0])
  })

  it('keeps back an own commit that a peer told, too, until it is durable [H7]', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.withhold(0)
    stage.tell(1, 0, { kind: 'commit', ...about, value: undefined, deps })
    stage.mail = []
    stage.tell(2, 0, recoverOne(about.instance, ballotOf(1, 2)))
    expect(stage.mail).toEqual([])
    expect(stage.executed(0)).toBe('')
  })

  it('executes an own instance, and what depends on it, only once its commit is durable [H7]', () => {
    const stage = deciding()
    const dependent = { epoch: 0, instance: { slot: 1, number: 1 } }
    stage.tell(1, 0, { kind: 'commit', ...dependent, value: batch(command('b')), deps: [1, 0, 0] })
    expect(stage.executed(0)).toBe('')
    stage.write(0, 1)
    expect(stage.executed(0)).toBe('a b')
  })

  it('executes what a peer has committed without waiting for a write', () => {
    const stage = new Stage(3)
    stage.withhold(1)
    stage.tell(0, 1, { kind: 'commit', ...about, value, deps })
    expect(stage.executed(1)).toBe('a')
  })

  it('may say in ValidateOk that an own instance is committed only once that is durable [H7]', () => {
    const stage = deciding()
    stage.mail = []
    const other = { epoch: 0, instance: { slot: 1, number: 1 } }
    stage.tell(1, 0, recoverOne(other.instance, ballotOf(1, 1)))
    stage.tell(1, 0, { kind: 'validate', ...other, ballot: ballotOf(1, 1), value: batch(command('b')), deps })
    stage.write(0, 1)
    expect(stage.find('validate-ok')).toEqual([])
    stage.write(0)
    expect(stage.find('validate-ok').map(({ message }) => message)).toMatchObject([
      { conflicts: [{ slot: 0, number: 1, committed: true }] },
    ])
  })

  it('takes writes in the order in which they were handed out, each once', () => {
    const stage = new Stage(3)
    stage.withhold(0)
    stage.propose(0, command('a', write('x')))
    stage.propose(0, command('b', write('y')))
    const replica = stage.replica(0)
    const [first, second] = stage.writing(0) as [Ready, Ready]
    const unheard: Ready = { ...second, sequence: second.sequence + 1 }
    expect(() => replica.written(second)).toThrow(RangeError)
    replica.written(first)
    expect(() => replica.written(first)).toThrow(RangeError)
    replica.written(second)
    expect(() => replica.written(unheard)).toThrow(RangeError)
  })
})

import { beforeEach, describe, expect, it } from 'vitest'
import { ballotOf, type Deps, NOOP, type Value, write } from './index.js'
import { Stage } from './stage.js'
import { batch, command, recoverOne } from './stage-words.js'

const about = { epoch: 0, instance: { slot: 0, number: 1 } }
const value = batch(command('a'))
const deps = [0, 0, 0]
const ballot = ballotOf(1, 2)

/** R1 of three, asked by hand. */
let stage: Stage

const recover = (of: number): void => stage.tell(2, 1, recoverOne(about.instance, of))
const preAccept = (): void => stage.tell(0, 1, { kind: 'pre-accept', ...about, value, deps })
const validate = (of: number): void => stage.tell(2, 1, { kind: 'validate', ...about, ballot: of, value, deps })
const accept = (of: number, what: Value): void =>
  stage.tell(2, 1, { kind: 'accept', ...about, ballot: of, value: what, deps })
const commit = (what: Value | undefined, with_: Deps): void =>
  stage.tell(0, 1, { kind: 'commit', ...about, value: what, deps: with_ })

/** What R1 has answered since this was asked last. */
const answers = (): readonly unknown[] => stage.mail.splice(0).map(({ message }) => message)

beforeEach(() => {
  stage = new Stage(3)
})

describe('a voter', () => {
  it('adds to the dependencies of a PreAccept what interferes with it here', () => {
    stage.propose(1, command('b'))
    stage.mail = []
    preAccept()
    expect(answers()).toMatchObject([{ kind: 'pre-accept-ok', deps: [0, 1, 0] }])
    expect(stage.disk(1).at(-1)).toMatchObject({ initDeps: deps, deps: [0, 1, 0], initValue: value })
  })

  it('answers a repeated PreAccept alike, whatever interferes by then', () => {
    preAccept()
    const first = answers()
    stage.propose(1, command('b'))
    stage.mail = []
    preAccept()
    expect(answers()).toEqual(first)
  })

  it('does not answer a repeated PreAccept once it has promised a ballot: what it answered may be recovered otherwise [H27]', () => {
    preAccept()
    recover(ballot)
    stage.mail = []
    preAccept()
    expect(answers()).toEqual([{ kind: 'nack', ...about, ballot }])
  })

  it('does not answer a PreAccept once recovery has put something in its place, zero dependencies and all [H27]', () => {
    preAccept()
    recover(ballot)
    accept(ballot, NOOP)
    stage.mail = []
    preAccept()
    expect(answers()).toEqual([{ kind: 'nack', ...about, ballot }])
  })

  it('promises a ballot for an instance it has never seen, and refuses its late PreAccept [H11]', () => {
    recover(ballot)
    expect(answers()).toEqual([
      {
        kind: 'recover-ok',
        ...about,
        ballot,
        votedBallot: 0,
        phase: 'none',
        value: undefined,
        deps: undefined,
        initDeps: undefined,
      },
    ])
    preAccept()
    expect(answers()).toEqual([{ kind: 'nack', ...about, ballot }])
    expect(stage.cell(1, '0.1')?.phase ?? 'none').toBe('none')
  })

  it('refuses Recover, Accept and Validate below its promise', () => {
    recover(ballotOf(2, 2))
    stage.mail = []
    recover(ballot)
    accept(ballot, NOOP)
    validate(ballot)
    const nack = { kind: 'nack', ...about, ballot: ballotOf(2, 2) }
    expect(answers()).toEqual([nack, nack, nack])
    expect(stage.cell(1, '0.1')?.phase ?? 'none').toBe('none')
  })

  it('answers the repeat of the ballot it has promised again, by what it has accepted since', () => {
    recover(ballot)
    recover(ballot)
    accept(ballot, NOOP)
    recover(ballot)
    expect(answers()).toMatchObject([
      { kind: 'recover-ok', phase: 'none', votedBallot: 0 },
      { kind: 'recover-ok', phase: 'none', votedBallot: 0 },
      { kind: 'accept-ok' },
      { kind: 'recover-ok', phase: 'accepted', votedBallot: ballot },
    ])
  })

  it('tells a promise from a vote: what it accepted stays at the ballot it had then [H3]', () => {
    accept(ballot, value)
    recover(ballotOf(5, 2))
    expect(stage.disk(1).at(-1)).toMatchObject({ ballot: ballotOf(5, 2), votedBallot: ballot })
    stage.mail = []
    recover(ballotOf(6, 2))
    expect(answers()).toMatchObject([{ phase: 'accepted', votedBallot: ballot }])
  })

  it('validates only at the very ballot it has promised', () => {
    validate(ballot)
    expect(answers()).toEqual([])
    recover(ballot)
    stage.mail = []
    validate(ballotOf(2, 2))
    expect(answers()).toEqual([])
    validate(ballot)
    expect(answers()).toEqual([{ kind: 'validate-ok', ...about, ballot, conflicts: [] }])
    expect(stage.disk(1).at(-1)).toMatchObject({ phase: 'none', value, initValue: value, initDeps: deps })
  })

  it('names whatever interferes, is not committed, and was proposed without knowing of the validated one', () => {
    preAccept()
    const other = { epoch: 0, instance: { slot: 2, number: 1 } }
    stage.tell(2, 1, { kind: 'pre-accept', ...other, value: batch(command('b')), deps })
    expect(stage.cell(1, '2.1')?.deps).toEqual([1, 0, 0])
    recover(ballot)
    stage.mail = []
    validate(ballot)
    expect(answers()).toMatchObject([{ conflicts: [{ slot: 2, number: 1, committed: false }] }])
  })

  it.each([
    ['was proposed knowing of the validated one', [1, 0, 0], write('k')],
    ['was proposed knowing of a later one of its row, and so of all before [H1]', [7, 0, 0], write('k')],
    ['does not interfere', [0, 0, 0], write('elsewhere')],
  ])('does not name what %s', (_, initDeps, span) => {
    const other = { epoch: 0, instance: { slot: 2, number: 1 } }
    stage.tell(2, 1, { kind: 'pre-accept', ...other, value: batch(command('b', span)), deps: initDeps })
    recover(ballot)
    stage.mail = []
    validate(ballot)
    expect(answers()).toMatchObject([{ conflicts: [] }])
  })

  it('names one committed instance alone, which decides by itself; no no-op, and none that covers it', () => {
    const other = (number: number) => ({ epoch: 0, instance: { slot: 2, number } })
    const b = batch(command('b'))
    stage.tell(2, 1, { kind: 'pre-accept', ...other(1), value: b, deps })
    stage.tell(2, 1, { kind: 'commit', ...other(2), value: NOOP, deps })
    stage.tell(2, 1, { kind: 'commit', ...other(3), value: b, deps: [1, 0, 2] })
    stage.tell(2, 1, { kind: 'commit', ...other(4), value: b, deps: [7, 0, 3] })
    stage.mail = []
    recover(ballot)
    validate(ballot)
    stage.tell(2, 1, { kind: 'commit', ...other(5), value: b, deps: [0, 0, 4] })
    validate(ballot)
    expect(answers()).toMatchObject([
      { kind: 'recover-ok' },
      { kind: 'validate-ok', conflicts: [{ slot: 2, number: 1, committed: false }] },
      { kind: 'validate-ok', conflicts: [{ slot: 2, number: 5, committed: true }] },
    ])
  })

  it('does not let a repeated Validate undo the no-op it has accepted at that ballot [H13]', () => {
    recover(ballot)
    validate(ballot)
    accept(ballot, NOOP)
    stage.mail = []
    validate(ballot)
    expect(answers()).toEqual([])
    recover(ballot)
    expect(answers()).toMatchObject([{ phase: 'accepted', value: NOOP }])
    expect(stage.disk(1).at(-1)).toMatchObject({ phase: 'accepted', value: NOOP })
  })

  it('reports what it has validated as pre-accepted only where it was', () => {
    recover(ballot)
    validate(ballot)
    stage.mail = []
    recover(ballotOf(2, 2))
    expect(answers()).toMatchObject([{ phase: 'none', value: undefined, deps: undefined, initDeps: undefined }])
  })

  it('answers every question about a committed instance by the commit, at any ballot', () => {
    preAccept()
    commit(undefined, [0, 0, 3])
    stage.mail = []
    preAccept()
    accept(ballotOf(9, 2), NOOP)
    validate(ballotOf(9, 2))
    const told = { kind: 'commit', ...about, value, deps: [0, 0, 3] }
    expect(answers()).toEqual([told, told, told])
    recover(ballot)
    expect(answers()).toMatchObject([{ kind: 'recover-ok', ballot, phase: 'committed', value, deps: [0, 0, 3] }])
  })

  it('asks for the command of a Commit that left it out, if its PreAccept was lost [H8]', () => {
    commit(undefined, deps)
    expect(stage.committed(1, '0.1')).toBeUndefined()
    expect(answers()).toEqual([{ kind: 'fetch', epoch: 0, slot: 0, from: 1, to: 1 }])
    commit(value, deps)
    expect(stage.executed(1)).toBe('a')
  })

  it('knows the command of such a Commit also where a no-op was accepted after it', () => {
    preAccept()
    accept(ballot, NOOP)
    commit(undefined, deps)
    expect(stage.committed(1, '0.1')).toBe('a {0,0,0}')
  })

  it('keeps the first of two commits that differ, says so, and executes once [H4]', () => {
    commit(value, deps)
    commit(value, deps)
    expect(stage.events(1).map(({ kind }) => kind)).toEqual(['committed'])
    const written = stage.disk(1).length
    commit(value, [0, 0, 1])
    commit(NOOP, deps)
    expect(stage.events(1).map(({ kind }) => kind)).toEqual(['committed', 'disagreement', 'disagreement'])
    expect(stage.committed(1, '0.1')).toBe('a {0,0,0}')
    expect(stage.disk(1)).toHaveLength(written)
    expect(stage.executed(1)).toBe('a')
  })

  it('says so as well when the commits differ in their command alone [H4]', () => {
    commit(value, deps)
    commit(batch(command('b')), deps)
    expect(stage.events(1).map(({ kind }) => kind)).toEqual(['committed', 'disagreement'])
  })

  it('does not propose its own command in an instance that was committed before it used it', () => {
    stage.tell(2, 1, { kind: 'commit', epoch: 0, instance: { slot: 1, number: 1 }, value: NOOP, deps })
    stage.propose(1, command('b'))
    expect(stage.committed(1, '1.1')).toBe('no-op {0,0,0}')
  })

  it('passes over own numbers that somebody has recovered', () => {
    stage.tell(2, 1, recoverOne({ slot: 1, number: 1 }, ballot))
    stage.mail = []
    stage.propose(1, command('b'))
    expect(stage.find('pre-accept')[0]?.message).toMatchObject({ instance: { slot: 1, number: 2 } })
  })

  it.each([
    ['accepted', () => accept(ballot, NOOP)],
    ['committed', () => commit(NOOP, deps)],
  ])('orders everything after a no-op that is %s, whatever it touches [H2, K19]', (_, happen) => {
    happen()
    stage.mail = []
    stage.propose(1, command('b', write('elsewhere')))
    expect(stage.find('pre-accept')[0]?.message).toMatchObject({ deps: [1, 0, 0] })
  })
})

import { describe, expect, it } from 'vitest'
import { InvalidCommand, InvalidMessage, Overloaded, ReplicaStopped, read } from '../core/index.js'
import { autopilot } from './index.js'
import { type Actor, idOf, note, Stage, towards } from './stage.js'

const votes = ({ status }: Actor): boolean => status.replica?.voting ?? false
const epochOf = ({ status }: Actor): number | undefined => status.configuration?.number

/** Three founders, and nobody else. */
const three = (stage: Stage): readonly [Actor, Actor, Actor] => {
  stage.found('abc')
  return [stage.actor('a'), stage.actor('b'), stage.actor('c')]
}

describe('a member of a group', () => {
  it('founds it alone, and executes what it proposes', () => {
    const stage = new Stage()
    stage.found('a')
    const a = stage.actor('a')
    stage.note(a, 'k', 'one')
    stage.settle(a)
    expect(a.notes.notes.get('k')).toEqual(['one'])
    expect(a.status).toMatchObject({ role: 'voter', survives: 0, quorum: 'fast', pending: 0 })
  })

  it('waits, and says so, where nobody who has the state is there: it never founds [H19]', () => {
    const stage = new Stage(autopilot())
    const b = stage.join('b')
    const c = stage.join('c')
    stage.note(b, 'k', 'one')
    stage.run(60_000)
    for (const { status } of [b, c]) {
      expect(status).toMatchObject({ role: 'joining', reason: 'nobody who has the state of this group is here' })
    }
    expect(b.status.pending).toBe(1)
  })

  it('joins: it gets the state, sees every command, and proposes through a voter', () => {
    const stage = new Stage()
    stage.found('a')
    const a = stage.actor('a')
    stage.note(a, 'k', 'one')
    stage.settle(a)
    const b = stage.join('b')
    stage.note(b, 'k', 'early')
    stage.until(() => b.status.role === 'observer', 'b is an observer')
    expect(b.notes.notes.get('k')?.[0]).toBe('one')
    stage.note(a, 'k', 'two')
    stage.note(b, 'k', 'three')
    stage.settle(a, b)
    expect(b.notes.notes.get('k')?.toSorted()).toEqual(['early', 'one', 'three', 'two'])
    expect(b.status).toMatchObject({ following: idOf('a'), pending: 0, snapshot: undefined })
    expect(b.events('installed')).toHaveLength(1)
  })

  it('becomes one of three voters once the autopilot has found three places', () => {
    const stage = new Stage(autopilot({ graceMs: 5000 }))
    stage.found('a')
    const all = [stage.actor('a'), stage.join('b'), stage.join('c')]
    stage.until(() => all.every(votes), 'three vote')
    for (const one of all) stage.note(one, 'k', one.name)
    stage.settle(...all)
    expect(all[0]?.notes.notes.get('k')?.toSorted()).toEqual(['a', 'b', 'c'])
    expect(all[0]?.status).toMatchObject({ survives: 1, role: 'voter' })
  })

  it('is replaced by an observer when it has been gone for longer than the grace period', () => {
    const stage = new Stage(autopilot({ graceMs: 5000 }))
    const [a, b, c] = three(stage)
    const d = stage.join('d')
    stage.until(() => d.status.role === 'observer', 'd is an observer')
    stage.crash(c)
    stage.until(() => votes(d), 'd votes')
    expect(a.status.configuration?.voters).toEqual([idOf('a'), idOf('b'), idOf('d')])
    stage.note(d, 'k', 'one')
    stage.settle(a, b, d)
    // It comes back, finds that it is a voter no more, and follows.
    stage.start(c)
    stage.settle(a, b, c, d)
    expect(c.status.role).toBe('observer')
  })

  it('says goodbye, and is replaced as soon as it can be no page that is loaded again', () => {
    const stage = new Stage(autopilot({ graceMs: 600_000 }))
    const [a, , c] = three(stage)
    const d = stage.join('d')
    stage.until(() => d.status.role === 'observer', 'd is an observer')
    stage.run(5000)
    c.member.goodbye()
    stage.run(200)
    stage.crash(c)
    stage.until(() => votes(d), 'd votes', 10_000)
    expect(epochOf(a)).toBe(1)
  })

  it('seals one epoch after the other while everybody proposes, and nothing is lost, done twice, or ordered otherwise', () => {
    let voters = 'a'
    const stage = new Stage(towards(() => voters))
    stage.found('a')
    const all = [stage.actor('a'), ...[...'bcde'].map((name) => stage.join(name))]
    let count = 0
    for (voters of ['abc', 'bcd', 'bcdea', 'e', 'ade', 'abc']) {
      for (let round = 0; round < 40; round++) {
        for (const one of all) stage.note(one, `k${++count % 3}`, `${one.name}${count}`)
        stage.run(100)
      }
      const wanted = [...voters].map(idOf).sort().join()
      stage.until(() => all.every(({ status }) => status.configuration?.voters.join() === wanted), `${voters} vote`)
    }
    stage.settle(...all)
    const written = [...stage.actor('a').notes.notes.values()].flat()
    expect(new Set(written).size).toBe(count)
    expect(written).toHaveLength(count)
  })

  it('refuses what can never be proposed, and what is too much', () => {
    const stage = new Stage(undefined, { maxPending: 2 })
    stage.found('a')
    const a = stage.actor('a')
    const b = stage.join('b')
    for (const { member } of [a, b]) {
      expect(() => member.propose({ ...note('1', 1, 'k', 'x'), session: 'short' })).toThrow(InvalidCommand)
      a.withheld = true
      member.propose(note('1', 1, 'k', 'x'))
      member.propose(note('1', 2, 'k', 'y'))
      expect(() => member.propose(note('1', 3, 'k', 'z'))).toThrow(Overloaded)
    }
    a.member.stop('enough')
    expect(() => a.member.propose(note('1', 4, 'k', 'x'))).toThrow(ReplicaStopped)
    expect(a.status).toMatchObject({ role: 'stopped', reason: 'enough' })
  })

  it('takes its readies as written in the order in which they were handed out, and no other', () => {
    const stage = new Stage()
    stage.found('a')
    const a = stage.actor('a')
    a.withheld = true
    stage.note(a, 'k', 'one')
    stage.note(a, 'l', 'two')
    const [first, second] = a.writing
    if (first === undefined || second === undefined) throw new Error('both commands are written')
    expect(() => a.member.written(second)).toThrow(RangeError)
    a.member.written(first)
    expect(() => a.member.written(first)).toThrow(RangeError)
    a.member.written(second)
  })

  it('executes what a voter proposed for an observer once, however often it was asked', () => {
    const stage = new Stage()
    const [a] = three(stage)
    const command = note('d', 1, 'k', 'once')
    for (let i = 0; i < 5; i++) a.member.step(idOf('d'), { kind: 'propose', command })
    stage.run(5000)
    const handedOut = a.journal.flatMap(({ executed }) => executed)
    expect(handedOut).toHaveLength(1)
    expect(a.notes.notes.get('k')).toEqual(['once'])
    const invalid = { ...command, session: 'short' }
    expect(() => a.member.step(idOf('d'), { kind: 'propose', command: invalid })).toThrow(InvalidMessage)
  })

  it('asks another voter where the one that it follows is silent', () => {
    const stage = new Stage()
    const all = three(stage)
    const d = stage.join('d')
    stage.until(() => d.status.role === 'observer', 'd is an observer')
    const followed = all.find(({ id }) => id === d.status.following)
    if (followed === undefined) throw new Error('an observer follows a voter')
    stage.crash(followed)
    stage.note(d, 'k', 'one')
    stage.settle(d, ...all.filter((one) => one !== followed))
    expect(d.notes.notes.get('k')).toEqual(['one'])
  })

  it('answers an observer’s read with what was written before', () => {
    const stage = new Stage()
    three(stage)
    const d = stage.join('d')
    stage.until(() => d.status.role === 'observer', 'd is an observer')
    d.member.propose({ ...note('d', 1, 'k', 'look'), spans: [read('k')] })
    stage.until(() => d.status.pending === 0, 'it is answered')
    expect(d.journal.flatMap(({ executed }) => executed.flatMap(({ outcomes }) => outcomes))).toMatchObject([
      { command: { sequence: 1 }, outcome: { kind: 'done', result: 1 } },
    ])
  })

  it('sweeps the session table, so that it does not grow for ever', () => {
    const stage = new Stage()
    const all = three(stage)
    for (let i = 0; i < 600; i++) {
      stage.note(all[i % 3] as Actor, `k${i % 50}`, 'x')
      if (i % 10 === 0) stage.run(50)
    }
    stage.settle(...all)
    const sweeps = all[0].journal.flatMap(({ executed }) =>
      executed.filter((one) => one.executable.value.kind === 'sweep'),
    )
    expect(sweeps.length).toBeGreaterThan(0)
  })
})

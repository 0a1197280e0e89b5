import { describe, expect, it } from 'vitest'
import { autopilot, type MemberMessage } from './index.js'
import { type Actor, idOf, Stage, towards } from './stage.js'

const votes = ({ status }: Actor): boolean => status.replica?.voting ?? false
const epochOf = ({ status }: Actor): number | undefined => status.configuration?.number

/** A group whose next voters are those that `wanted` names. */
const group = (founders: string, others: string, wanted: () => string, version?: () => number) => {
  const stage = new Stage(towards(wanted, version))
  stage.found(founders)
  for (const name of others) stage.join(name)
  const all = [...stage.actors.values()]
  stage.until(() => all.every(({ status }) => status.role !== 'joining'), 'all have the state')
  return { stage, all, actors: Object.fromEntries(all.map((one) => [one.name, one])) as Record<string, Actor> }
}

/** What only a voter says. */
const VOTES: readonly MemberMessage['kind'][] = [
  'frontier',
  'pre-accept',
  'pre-accept-ok',
  'accept',
  'accept-ok',
  'recover-ok',
]

describe('the start of an epoch', () => {
  it('is durable before a voter votes in it', () => {
    let wanted = 'abc'
    const { stage, actors } = group('abc', '', () => wanted)
    const { a, b, c } = actors as Record<'a' | 'b' | 'c', Actor>
    stage.join('d')
    stage.until(() => stage.actor('d').status.role === 'observer', 'd is an observer')
    const said = (): MemberMessage[] =>
      c.journal.flatMap(({ messages, messagesAfterWrite }) =>
        [...messages, ...messagesAfterWrite].map(({ message }) => message),
      )
    const saysAsVoter = (): boolean =>
      said().some((message) => VOTES.includes(message.kind) && 'epoch' in message && message.epoch === 1)
    stage.run(1000)
    c.withheld = true
    wanted = 'acd'
    stage.until(() => epochOf(c) === 1, 'c has executed the seal')
    stage.note(a, 'k', 'one')
    stage.settle(a, b, c)
    stage.run(5000)
    expect(saysAsVoter()).toBe(false)
    expect(a.status.replica?.reported).not.toContain(c.id)
    expect(a.disk.cut?.configuration.number).toBe(1)
    c.withheld = false
    stage.until(() => votes(c) && a.disk.cut === undefined, 'c votes, and nobody needs the start of the epoch any more')
    expect(saysAsVoter()).toBe(true)
  })

  it('is come to again by who crashes before it is durable', () => {
    let wanted = 'abc'
    const { stage, actors } = group('abc', 'd', () => wanted)
    const { a, b, c } = actors as Record<'a' | 'b' | 'c', Actor>
    stage.note(a, 'k', 'one')
    stage.settle(a, b, c)
    stage.run(1000)
    c.withheld = true
    wanted = 'acd'
    stage.until(() => epochOf(c) === 1, 'c has executed the seal')
    stage.crash(c)
    c.withheld = false
    stage.note(a, 'k', 'two')
    stage.start(c)
    expect(epochOf(c)).toBe(0)
    stage.until(() => votes(c) && epochOf(c) === 1, 'c votes in the next epoch')
    stage.settle(a, c)
    // It has executed the seal itself: the others keep the commits before it for as long as they run.
    expect(c.events('installed')).toEqual([])
  })

  it('is got, and exactly that, by a voter that missed the way there [H18]', () => {
    let wanted = 'abc'
    const { stage, actors } = group('abc', 'd', () => wanted)
    const { a, b, c, d } = actors as Record<'a' | 'b' | 'c' | 'd', Actor>
    stage.crash(c)
    wanted = 'abcd'
    stage.until(() => [a, b, d].every((one) => votes(one) && epochOf(one) === 1), 'the next epoch has begun')
    for (const one of [a, b, d]) {
      stage.note(one, 'k', one.name)
      stage.settle(a, b, d)
    }
    // Once they are started anew they know nothing of the last epoch but its end.
    for (const one of [a, b, d]) {
      stage.crash(one)
      stage.start(one)
      expect(one.disk.cut?.configuration.number).toBe(1)
    }
    stage.start(c)
    stage.until(() => votes(c) && epochOf(c) === 1, 'c votes there')
    expect(c.events('installed')).toMatchObject([
      { configuration: { number: 1 }, executed: { frontier: [0, 0, 0, 0] } },
    ])
    stage.settle(a, b, c, d)
    stage.until(() => [a, b, c, d].every(({ disk }) => disk.cut === undefined), 'all have it, and nobody keeps it')
  })

  it('is kept by who votes no more until enough of the new voters have it; then it may go', () => {
    let wanted = 'a'
    const { stage, actors } = group('a', 'bcd', () => wanted)
    const { a, b, c, d } = actors as Record<'a' | 'b' | 'c' | 'd', Actor>
    stage.run(1000)
    for (const one of [b, c, d]) one.withheld = true
    a.member.leave()
    wanted = 'bcd'
    stage.until(() => a.status.role === 'observer', 'a was replaced')
    stage.run(5000)
    expect(a.status.left).toBe(false)
    expect(a.disk.cut?.configuration.number).toBe(1)
    b.withheld = false
    stage.run(5000)
    expect(a.status.left).toBe(false)
    c.withheld = false
    stage.until(() => a.status.left, 'a may go')
    expect(a.status.role).toBe('retired')
    d.withheld = false
    stage.crash(a)
    stage.note(d, 'k', 'one')
    stage.settle(b, c, d)
  })

  it('is not sealed towards members that are not there any more [H29]', () => {
    let wanted = 'a'
    const { stage, actors } = group('a', 'bc', () => wanted)
    const { a, b, c } = actors as Record<'a' | 'b' | 'c', Actor>
    stage.run(1000)
    stage.crash(b)
    stage.crash(c)
    stage.run(5000)
    wanted = 'abc'
    stage.run(60_000)
    expect(epochOf(a)).toBe(0)
    expect(a.status.decision).toMatch(/^abc should vote; not yet: b+, which is to vote, has not said lately/)
    stage.note(a, 'k', 'one')
    stage.settle(a)
  })

  it('is still there for newcomers that crash as soon as it was sealed towards them [H29]', () => {
    let wanted = 'a'
    const { stage, actors } = group('a', 'bc', () => wanted)
    const { a, b, c } = actors as Record<'a' | 'b' | 'c', Actor>
    stage.run(2000)
    for (const one of [b, c]) one.withheld = true
    wanted = 'abc'
    stage.until(() => epochOf(a) === 1, 'the seal is executed')
    stage.note(a, 'k', 'one')
    for (const one of [b, c]) {
      stage.crash(one)
      one.withheld = false
    }
    stage.run(10_000)
    expect(a.status).toMatchObject({ pending: 1, quorum: 'none', survives: 0 })
    for (const one of [b, c]) stage.start(one)
    stage.settle(a, b, c)
    expect([b, c].map(epochOf)).toEqual([1, 1])
  })

  it('is not handed to who has its first state in memory only: after a crash it could not go on [H14]', () => {
    const stage = new Stage(autopilot())
    stage.found('a')
    const b = stage.join('b')
    const c = stage.join('c')
    b.withheld = true
    stage.run(20_000)
    expect(b.status.role).toBe('joining')
    expect(epochOf(stage.actor('a'))).toBe(0)
    b.withheld = false
    stage.until(() => votes(b) && votes(c), 'both vote')
  })
})

describe('a member that comes back', () => {
  it('is refused under its old id where it was a voter and has lost its storage [H14]', () => {
    const { stage, actors } = group('abc', '', () => 'abc')
    const { a, b, c } = actors as Record<'a' | 'b' | 'c', Actor>
    stage.crash(c, { wiped: true })
    stage.start(c)
    stage.until(() => c.status.role === 'stopped', 'c has stopped')
    expect(c.status.reason).toMatch(/lost its storage/)
    stage.note(a, 'k', 'one')
    stage.settle(a, b)
  })

  it('goes on from its checkpoint and its log; records that nobody needs are dropped [K20]', () => {
    const { stage, all, actors } = group('abc', '', () => 'abc')
    const { a, b, c } = actors as Record<'a' | 'b' | 'c', Actor>
    for (let i = 0; i < 600; i++) {
      stage.note(all[i % 3] as Actor, `k${i % 7}`, String(i))
      if (i % 30 === 0) stage.run(500)
    }
    stage.settle(a, b, c)
    stage.run(10_000)
    for (const one of all) {
      expect(one.status.replica?.dropped.every((number) => number > 0)).toBe(true)
      expect(one.status.replica?.held).toBeLessThan(300)
      expect(one.disk.records).toBeLessThan(1000)
      stage.crash(one)
      stage.start(one)
    }
    stage.note(b, 'k1', 'end')
    stage.settle(a, b, c)
    expect([...b.notes.notes.values()].flat()).toHaveLength(601)
  })

  it('gets a snapshot where it observed, and what it missed is dropped', () => {
    const { stage, all, actors } = group('abc', 'd', () => 'abc')
    const { a, b, c, d } = actors as Record<'a' | 'b' | 'c' | 'd', Actor>
    stage.crash(d)
    for (let i = 0; i < 600; i++) {
      stage.note(all[i % 3] as Actor, `k${i % 7}`, String(i))
      if (i % 30 === 0) stage.run(500)
    }
    stage.settle(a, b, c)
    stage.run(10_000)
    expect(a.status.replica?.dropped.every((number) => number > 0)).toBe(true)
    stage.start(d)
    stage.settle(a, b, c, d)
    expect(d.events('installed')).toHaveLength(2)
  })

  it('finds its way to members that it has never met, when those that it knew are gone for good', () => {
    let wanted = 'abc'
    const { stage, actors } = group('abc', 'defg', () => wanted)
    const { a, d } = actors as Record<'a' | 'd', Actor>
    stage.crash(a)
    for (wanted of ['bcd', 'def']) {
      const voters = [...wanted].map(idOf).join()
      stage.until(() => d.status.configuration?.voters.join() === voters && votes(d), `${wanted} vote`)
    }
    for (const gone of 'bc') stage.crash(stage.actor(gone))
    stage.start(a)
    stage.note(a, 'k', 'one')
    stage.settle(a, d)
    expect(a.status.role).toBe('observer')
  })
})

describe('leaving', () => {
  it('is done by an observer as soon as the voters know of it', () => {
    const { stage, actors } = group('a', 'b', () => 'a')
    const { b } = actors as Record<'b', Actor>
    b.member.leave()
    const since = stage.now
    stage.until(() => b.status.left, 'b may go')
    expect(b.status.role).toBe('retired')
    expect(stage.now - since).toBeLessThan(50)
  })

  it('is not possible for the last voter where nobody can take over, and it says so', () => {
    const stage = new Stage(autopilot())
    stage.found('a')
    const a = stage.actor('a')
    a.member.leave()
    stage.run(3000)
    expect(a.status).toMatchObject({ left: false, role: 'voter' })
    expect(a.status.reason).toMatch(/nobody/)
  })

  it('is handed over by a voter, whichever it is', () => {
    for (const name of 'abc') {
      const stage = new Stage(autopilot())
      stage.found('abc')
      stage.join('d')
      stage.until(() => stage.actor('d').status.role === 'observer', 'd is an observer')
      stage.run(2000)
      const leaving = stage.actor(name)
      leaving.member.leave()
      stage.until(() => leaving.status.left, `${name} may go`, 10_000)
      stage.crash(leaving)
      stage.note(stage.actor('d'), 'k', 'one')
      stage.settle(...[...stage.actors.values()].filter(({ up }) => up))
    }
  })

  it('is not decided where the voters are fixed', () => {
    const stage = new Stage()
    stage.found('abc')
    const a = stage.actor('a')
    a.member.leave()
    stage.run(3000)
    expect(a.status).toMatchObject({ left: false, reason: 'the voters of this group stay as they are' })
  })
})

describe('a later version of the state', () => {
  it('is executed from one epoch on, and migrated to at its start, the same everywhere', () => {
    let version = 1
    const stage = new Stage(
      towards(
        () => 'abc',
        () => version,
      ),
    )
    const versions = [1, 2] as const
    stage.found('abc', { versions })
    const all = [...'abc'].map((name) => stage.actor(name))
    const d = stage.join('d', { versions })
    const old = stage.join('e')
    stage.until(() => [d, old].every(({ status }) => status.role === 'observer'), 'both observe')
    stage.note(old, 'k', 'one')
    stage.settle(...all, d, old)
    version = 2
    stage.until(() => [...all, d].every(({ status }) => status.configuration?.stateVersion === 2), 'version 2')
    stage.until(() => old.status.role === 'stopped', 'the old code has stopped')
    expect(old.status.reason).toMatch(/state has version 2, and this program executes version 1 only: update/)
    stage.note(d, 'k', 'two')
    stage.settle(...all, d)
    expect(d.notes.notes.get('k')).toEqual(['one', 'TWO'])
    expect(d.notes.notes.get('migrated')).toEqual(['to 2'])
    // Told to update before it has any state, and going on from what it had once it has done so.
    const late = stage.join('f')
    stage.until(() => late.status.role === 'stopped', 'the newcomer’s code is too old')
    stage.crash(old)
    stage.start(old, { versions })
    stage.settle(...all, d, old)
    stage.crash(d)
    stage.start(d)
    stage.settle(...all, d, old)
    expect(old.notes.notes.get('migrated')).toEqual(['to 2'])
  })
})

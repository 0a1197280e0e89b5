import { describe, expect, it } from 'vitest'
import { autopilot } from './autopilot.js'
import { type Actor, type ActorOptions, Stage, towards } from './stage.js'

/** Lets time pass. Who may go does: it says goodbye, and is gone without its links being noticed to be. */
const pass = (stage: Stage, ms: number): void => {
  for (const end = stage.now + ms; stage.now < end; ) {
    const going = [...stage.actors.values()].filter(({ up, status }) => up && status.left)
    for (const { member } of going) member.goodbye()
    stage.run(10)
    for (const actor of going) actor.up = false
  }
}

const passUntil = (stage: Stage, holds: () => boolean, what: string): void => {
  for (const end = stage.now + 60_000; !holds(); pass(stage, 10)) if (stage.now >= end) throw new Error(what)
}

const upOf = (stage: Stage): readonly Actor[] => [...stage.actors.values()].filter(({ up }) => up)

/** Who is still there agrees on something yet. */
const goesOn = (stage: Stage): void => {
  const [someone] = upOf(stage)
  if (someone === undefined) throw new Error('nobody is there any more')
  stage.note(someone, 'k', 'still here')
  stage.until(() => someone.status.pending === 0, `${someone.name} goes on`)
}

/** One voter, and one observer that could take over. */
const pair = (options: ActorOptions = {}): { readonly stage: Stage; readonly voter: Actor; readonly other: Actor } => {
  const stage = new Stage(autopilot())
  stage.found('a')
  const other = stage.join('b', options)
  stage.until(() => other.status.role === 'observer', 'b observes')
  stage.run(2000)
  return { stage, voter: stage.actor('a'), other }
}

const votersOf = ({ status }: Actor): string | undefined =>
  status.configuration?.voters.map((id) => id.charAt(0)).join('')

describe('a room whose members leave for good, one soon after the other', () => {
  it.each([0, 10, 20, 30, 40, 50, 100, 500, 1000, 3000])(
    'is left to one that is there, with %i ms between the second and the last voter [H29]',
    (betweenMs) => {
      const stage = new Stage(autopilot())
      stage.found('abc')
      const [a, b, c] = ['a', 'b', 'c'].map((name) => stage.actor(name)) as [Actor, Actor, Actor]
      stage.run(2000)
      c.member.leave()
      passUntil(stage, () => a.status.configuration?.number === 1, 'c is replaced')
      expect(votersOf(a)).toBe('a')
      b.member.leave()
      pass(stage, betweenMs)
      a.member.leave()
      pass(stage, 20_000)
      expect(upOf(stage).map(votersOf)).toEqual(upOf(stage).map(({ name }) => name))
      goesOn(stage)
    },
  )

  it('is left to one that is there, though what the leaver says is lost for a while [H29]', () => {
    for (const lostMs of [100, 600, 1200, 2000]) {
      const { stage, voter, other } = pair()
      const untilMs = stage.now + lostMs
      stage.loses = (from) => from === other.name && stage.now < untilMs
      other.member.leave()
      pass(stage, 10)
      voter.member.leave()
      pass(stage, 20_000)
      expect(upOf(stage)).toHaveLength(1)
      goesOn(stage)
    }
  })

  it('is left to one that is there, though its last words come before what it had said earlier [H29]', () => {
    const { stage, voter, other } = pair()
    other.member.leave()
    passUntil(stage, () => !other.up, 'b has gone')
    voter.member.step(other.id, { kind: 'follow', epoch: 0, feed: true, executed: [0] })
    voter.member.leave()
    pass(stage, 20_000)
    expect(votersOf(voter)).toBe('a')
    expect(voter.status.reason).toContain('nobody is here to take over')
    goesOn(stage)
  })

  it('goes over to one that stays, though another one leaves that was there for longer', () => {
    const { stage, voter, other } = pair()
    const third = stage.join('c', { place: 'b' })
    stage.until(() => third.status.role === 'observer', 'c observes')
    stage.run(2000)
    other.member.leave()
    stage.run(30)
    voter.member.leave()
    passUntil(stage, () => !voter.up, 'a has gone')
    expect(votersOf(third)).toBe('c')
    goesOn(stage)
  })

  it('is left to one of its voters where all of them leave at once', () => {
    const stage = new Stage(autopilot())
    stage.found('abc')
    stage.run(2000)
    for (const { member } of stage.actors.values()) member.leave()
    pass(stage, 20_000)
    const [last, ...others] = upOf(stage)
    expect(others).toEqual([])
    expect(last?.status).toMatchObject({ role: 'voter', left: false })
    expect(last?.status.reason).toContain('nobody is here to take over')
    goesOn(stage)
  })
})

describe('a member that leaves', () => {
  it('says so again until it is answered, and then no more', () => {
    const { stage, other, voter } = pair()
    let lost = 3
    stage.loses = (from, _, { kind }) => from === other.name && kind === 'notice' && lost-- > 0
    other.member.leave()
    stage.until(() => other.status.left, 'b may go')
    stage.run(10_000)
    expect(stage.delivered.get('notice')).toBe(1)
    expect(voter.status.role).toBe('voter')
  })

  it('tells those that it meets meanwhile at once', () => {
    const { stage, voter } = pair({ durable: false })
    stage.crash(stage.actor('b'))
    voter.member.leave()
    stage.run(5100)
    const before = stage.delivered.get('notice') ?? 0
    const late = stage.join('c')
    stage.run(20)
    expect(stage.delivered.get('notice')).toBe(before + 1)
    stage.until(() => voter.status.left, 'a may go')
    late.member.leave()
    pass(stage, 5000)
    expect(upOf(stage).map(({ name }) => name)).toEqual(['c'])
    expect(votersOf(late)).toBe('c')
  })

  it('waits for seconds, no longer, for a voter that does not answer', () => {
    const { stage, other } = pair()
    stage.loses = (from, to) => [from, to].includes('a')
    const since = stage.now
    other.member.leave()
    stage.run(2000)
    expect(other.status.left).toBe(false)
    stage.until(() => other.status.left, 'b may go')
    expect(stage.now - since).toBeLessThanOrEqual(2600)
  })

  it('waits for no voter that is known to be gone', () => {
    const { stage, voter, other } = pair()
    stage.crash(voter)
    other.member.leave()
    expect(other.status).toMatchObject({ left: true, role: 'retired' })
  })

  it('does not go where it was made a voter before that one knew, as long as it has not heard of it', () => {
    let wanted = 'a'
    const stage = new Stage(towards(() => wanted))
    stage.found('a')
    const other = stage.join('b')
    stage.until(() => other.status.role === 'observer', 'b observes')
    stage.run(2000)
    // Of all that is said, only the answer arrives.
    stage.loses = (_, to, { kind }) => to === 'b' && kind !== 'noted'
    wanted = 'b'
    stage.until(() => votersOf(stage.actor('a')) === 'b', 'b is to vote')
    other.member.leave()
    stage.run(1000)
    expect(stage.delivered.get('noted')).toBeGreaterThan(0)
    expect(other.status.left).toBe(false)
    stage.loses = () => false
    stage.until(() => other.status.role === 'voter', 'b knows that it votes')
  })

  it('and comes back in another life, as one that closed for now, may vote again', () => {
    const { stage, voter, other } = pair()
    other.member.leave()
    passUntil(stage, () => !other.up, 'b has gone')
    pass(stage, 1000)
    stage.start(other)
    stage.run(2000)
    voter.member.leave()
    passUntil(stage, () => !voter.up, 'a has gone')
    expect(votersOf(other)).toBe('b')
    goesOn(stage)
  })
})

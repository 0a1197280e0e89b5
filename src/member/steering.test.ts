import { describe, expect, it } from 'vitest'
import { rosterCommand } from '../state/index.js'
import { autopilot } from './autopilot.js'
import type { Decision } from './policy.js'
import { type Actor, idOf, Notes, Stage, towards } from './stage.js'
import { Steering } from './steering.js'

const sealedBy = (actor: Actor): boolean =>
  actor.journal.some(({ messages, messagesAfterWrite }) =>
    [...messages, ...messagesAfterWrite].some(
      ({ message }) => message.kind === 'pre-accept' && message.value.kind === 'seal',
    ),
  )

describe('of the voters that see what is to be done', () => {
  const grown = (silent: string): { readonly stage: Stage; readonly all: readonly Actor[] } => {
    let wanted = 'abc'
    const stage = new Stage(towards(() => wanted))
    stage.found('abc')
    const all = [...stage.actors.values()]
    stage.join('d')
    stage.until(() => stage.actor('d').status.role === 'observer', 'd observes')
    for (const name of silent) stage.crash(stage.actor(name))
    stage.run(5000)
    wanted = 'abcd'
    stage.until(
      () => all.some(({ up, status }) => up && status.configuration?.number === 1),
      'the next epoch has begun',
    )
    return { stage, all }
  }

  it('the first one acts, and no other', () => {
    const { all } = grown('')
    expect(all.map(sealedBy)).toEqual([true, false, false])
  })

  it('the next one acts where the first is gone', () => {
    const { all } = grown('a')
    expect(all.map(sealedBy)).toEqual([false, true, false])
  })
})

describe('a voter that was removed', () => {
  const expel = (actor: Actor, name: string): void => {
    const command = rosterCommand({ kind: 'expel', member: idOf(name), by: actor.member.id })
    actor.member.propose({ ...command, session: '0'.repeat(31).concat('1'), sequence: 1, acknowledged: 0, after: [] })
  }

  it('votes no more from the next epoch on, though the policy would have it stay', () => {
    const stage = new Stage(towards(() => 'abc'))
    stage.found('abc')
    stage.run(1000)
    expel(stage.actor('b'), 'c')
    stage.until(() => stage.actor('a').status.configuration?.number === 1, 'the next epoch has begun')
    expect(stage.actor('a').status.configuration?.voters).toEqual([idOf('a'), idOf('b')])
    stage.run(5000)
    expect(stage.actor('a').status.configuration?.number).toBe(1)
  })

  it('is replaced by the autopilot', () => {
    const stage = new Stage(autopilot())
    stage.found('abc')
    stage.join('d')
    stage.until(() => stage.actor('d').status.role === 'observer', 'd observes')
    stage.run(2000)
    expel(stage.actor('a'), 'b')
    stage.until(() => stage.actor('a').status.configuration?.number === 1, 'the next epoch has begun')
    expect(stage.actor('a').status.configuration?.voters).toEqual([idOf('a'), idOf('c'), idOf('d')])
  })
})

it('the next voter acts where the first does nothing, though it is there', () => {
  let wanted = 'abc'
  const policy = towards(() => wanted)
  // The first one is of another opinion.
  const stage = new Stage((view) => {
    const decision = policy(view)
    return view.candidates[0]?.id === idOf('a') ? { ...decision, voters: undefined } : decision
  })
  stage.found('abc')
  stage.join('d')
  stage.until(() => stage.actor('d').status.role === 'observer', 'd observes')
  stage.run(2000)
  wanted = 'abcd'
  const since = stage.now
  stage.until(() => stage.actor('a').status.configuration?.number === 1, 'the next epoch has begun')
  expect(stage.now - since).toBeGreaterThan(3000)
  expect(sealedBy(stage.actor('b'))).toBe(true)
  expect(sealedBy(stage.actor('a'))).toBe(false)
})

describe('a group whose state can not be migrated', () => {
  const versions = [1, 2] as const
  const raising = (): { readonly stage: Stage; readonly all: readonly Actor[] } => {
    let version = 1
    const stage = new Stage(
      towards(
        () => 'abc',
        () => version,
      ),
    )
    stage.found('abc', { versions })
    stage.run(1000)
    version = 2
    return { stage, all: [...stage.actors.values()] }
  }
  const throws = (): never => {
    throw new Error('no name is a number')
  }

  it('goes on as the version that it has, and every member says why', () => {
    const { stage, all } = raising()
    for (const { notes } of all) notes.fork = () => Object.assign(new Notes(1), { migrate: throws })
    stage.run(20_000)
    stage.note(stage.actor('b'), 'k', 'on')
    stage.settle(...all)
    for (const { status, notes } of all) {
      expect(status.configuration).toMatchObject({ number: 0, stateVersion: 1 })
      expect(status.decision).toContain('not yet: the migration to version 2 threw: no name is a number')
      expect(notes.notes.get('k')).toEqual(['on'])
    }
  })

  it('stops at a member where that shows only once the others have agreed, which says which migration it was', () => {
    const { stage, all } = raising()
    const { notes } = stage.actor('c')
    Object.assign(notes, { migrate: throws, fork: () => Object.assign(new Notes(1), { migrate: throws }) })
    stage.until(() => stage.actor('c').status.role === 'stopped', 'c has stopped')
    expect(stage.actor('c').status.reason).toContain('the migration to version 2 threw: no name is a number')
    expect(all.slice(0, 2).map(({ status }) => status.configuration?.stateVersion)).toEqual([2, 2])
  })
})

describe('a seal that raises the version of the state', () => {
  /** The first voter of three, steered by hand, with a state that goes on as version 2 where `can` says so. */
  const steered = (decision: Partial<Decision> = {}) => {
    const stage = new Stage()
    stage.found('abc', { versions: [1, 2] })
    stage.run(1000)
    const { member } = stage.actor('a')
    const trials: number[] = []
    const fault = new Error('the migration to version 2 threw: no name is a number')
    let can = false
    const faultOfMigration = (version: number): Error | undefined => {
      trials.push(version)
      return can ? undefined : fault
    }
    const steering = new Steering(() => ({ voters: undefined, stateVersion: 2, reason: 'all can', ...decision }), {
      faultOfMigration,
      roster: { expelled: new Set() },
    })
    return {
      stage,
      steering,
      trials,
      mend: () => {
        can = true
      },
      look: (seconds: number): void => {
        for (let i = 0; i < seconds && member.status().configuration?.number === 0; i++) {
          const { replica } = member
          if (replica !== undefined) steering.look(stage.now, replica, replica.status(), [], false)
          stage.run(1000)
        }
      },
      get configuration() {
        return member.status().configuration
      },
    }
  }

  it('is not proposed where the migration throws, and the decision says which one, and what', () => {
    const one = steered()
    one.look(5)
    expect(one.configuration).toMatchObject({ number: 0, stateVersion: 1 })
    expect(one.steering.reason).toContain('all can; not yet: the migration to version 2 threw: no name is a number')
  })

  it('is proposed once the state lets it', () => {
    const one = steered()
    one.look(5)
    one.mend()
    one.look(10)
    expect(one.configuration).toMatchObject({ number: 1, stateVersion: 2 })
  })

  it('is tried every ten seconds, not with every look: that may take a while', () => {
    const one = steered()
    one.look(30)
    expect(one.trials).toEqual([2, 2, 2])
  })

  it('lets the change of voters that it comes with take place without it', () => {
    const one = steered({ voters: [idOf('a')] })
    one.look(5)
    expect(one.configuration).toMatchObject({ number: 1, voters: [idOf('a')], stateVersion: 1 })
  })
})

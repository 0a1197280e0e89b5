import { describe, expect, it } from 'vitest'
import { type ExecutedSet, ForeignState, NOOP, type Ready, Replica, write } from './index.js'
import { Stage } from './stage.js'
import { batch, command, configurationOf, idOf } from './stage-words.js'

const deps = [0, 0, 0]
const at = (slot: number, number: number) => ({ epoch: 0, instance: { slot, number } })

/** The whole order of execution at R0, over a restart. */
const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ')

describe('the executed set', () => {
  it('holds what the state machine was told to execute and has said it did, no sooner', () => {
    const replica = new Replica({
      id: idOf(0),
      group: '9'.repeat(32),
      configuration: configurationOf(0, [0]),
      random: () => 0.5,
    })
    replica.propose(command('a'))
    const executable: Ready['executable'][number][] = []
    for (let ready = replica.ready(); ready !== undefined; ready = replica.ready()) {
      executable.push(...ready.executable)
      replica.written(ready)
    }
    expect(executable).toHaveLength(1)
    expect(replica.executedSet()).toEqual({ frontier: [0], beyond: [[]] })
    replica.applied(executable.map(({ instance }) => instance))
    expect(replica.executedSet()).toEqual({ frontier: [1], beyond: [[]] })
  })

  it('names what was executed beyond a gap', () => {
    const stage = new Stage(3)
    stage.tell(1, 0, { kind: 'commit', ...at(1, 3), value: batch(command('c', write('c'))), deps })
    stage.tell(1, 0, { kind: 'commit', ...at(1, 5), value: batch(command('e', write('e'))), deps })
    stage.tell(1, 0, { kind: 'commit', ...at(1, 1), value: batch(command('a', write('a'))), deps })
    expect(stage.replica(0).executedSet()).toEqual({ frontier: [0, 1, 0], beyond: [[], [3, 5], []] })
  })

  it('holds no-ops, which nobody is told to execute', () => {
    const stage = new Stage(3)
    stage.tell(1, 0, { kind: 'commit', ...at(1, 1), value: NOOP, deps })
    expect(stage.executed(0)).toBe('')
    expect(stage.replica(0).executedSet()).toEqual({ frontier: [0, 1, 0], beyond: [[], [], []] })
  })

  it('is the same after a restart with it', () => {
    const stage = new Stage(3)
    for (const number of [1, 2, 4]) {
      stage.tell(1, 0, { kind: 'commit', ...at(1, number), value: batch(command(`c${number}`)), deps })
    }
    const before = stage.replica(0).executedSet()
    expect(before).toEqual({ frontier: [0, 2, 0], beyond: [[], [4], []] })
    stage.restart(0, before)
    expect(stage.replica(0).executedSet()).toEqual(before)
    stage.tell(1, 0, { kind: 'commit', ...at(1, 3), value: batch(command('c3')), deps })
    expect(stage.replica(0).executedSet()).toEqual({ frontier: [0, 4, 0], beyond: [[], [], []] })
  })
})

describe('a restart with an executed set', () => {
  it('hands out what is not in it, and nothing that is', () => {
    const stage = new Stage(3)
    for (const number of [1, 2, 3]) {
      stage.tell(1, 0, { kind: 'commit', ...at(1, number), value: batch(command(`c${number}`)), deps })
    }
    stage.restart(0, { frontier: [0, 1, 0], beyond: [[], [3], []] })
    expect(stage.executed(0)).toBe('c2')
    stage.restart(0)
    expect(stage.executed(0)).toBe('c1 c2 c3')
  })

  it('goes on with what depends on what is in it', () => {
    const stage = new Stage(3)
    stage.tell(1, 0, { kind: 'commit', ...at(1, 1), value: batch(command('a')), deps })
    stage.restart(0, stage.replica(0).executedSet())
    stage.tell(2, 0, { kind: 'commit', ...at(2, 1), value: batch(command('b')), deps: [0, 1, 0] })
    expect(stage.executed(0)).toBe('b')
  })

  it.each<[string, ExecutedSet, { slot: number; number: number }]>([
    ['nothing is known of', { frontier: [0, 1, 1], beyond: [[], [], []] }, { slot: 2, number: 1 }],
    ['is known, but not as committed', { frontier: [0, 2, 0], beyond: [[], [], []] }, { slot: 1, number: 2 }],
    ['is beyond a frontier', { frontier: [0, 1, 0], beyond: [[], [3], []] }, { slot: 1, number: 3 }],
  ])('refuses the state of somebody else, which has an instance that %s [H18]', (_, executed, instance) => {
    const stage = new Stage(3)
    stage.tell(1, 0, { kind: 'commit', ...at(1, 1), value: batch(command('a')), deps })
    stage.tell(1, 0, { kind: 'pre-accept', ...at(1, 2), value: batch(command('b')), deps })
    let refused: unknown
    try {
      stage.restart(0, executed)
    } catch (error) {
      refused = error
    }
    expect(refused).toBeInstanceOf(ForeignState)
    expect(refused).toMatchObject({ reason: expect.stringContaining(`${instance.slot}.${instance.number}`) })
  })

  it('refuses such a state also where there are no records at all [H18]', () => {
    const replica = (): Replica =>
      new Replica({
        id: idOf(0),
        group: '9'.repeat(32),
        configuration: configurationOf(0, [0]),
        executed: { frontier: [1], beyond: [[]] },
        random: () => 0.5,
      })
    expect(replica).toThrow(ForeignState)
  })

  it('at any moment of a run leads to the order that all others execute', () => {
    const rounds = 12
    for (let cut = 0; cut <= rounds; cut++) {
      const stage = new Stage(3, {})
      let before = ''
      for (let i = 0; i < rounds; i++) {
        if (i === cut) {
          before = stage.executed(0)
          stage.restart(0, stage.replica(0).executedSet())
        }
        if (i % 2 === 0) for (const slot of [0, 1, 2]) stage.propose(slot, command(`${'abc'[slot]}${i}`))
        // One step of the network at a time: PreAccepts cross, and a restart finds everything half done.
        stage.arrive(stage.mail.splice(0))
      }
      stage.settle()
      const order = stage.executed(1)
      expect(joined(before, stage.executed(0))).toBe(order)
      expect(stage.executed(2)).toBe(order)
      expect(stage.replica(0).executedSet()).toEqual(stage.replica(1).executedSet())
      // What waited at R0 when it restarted is gone with that life; nothing was executed twice.
      expect(new Set(order.split(' ')).size).toBe(order.split(' ').length)
    }
  })
})

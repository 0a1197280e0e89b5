import { describe, expect, it } from 'vitest'
import { command, recoverOne, Stage } from './stage.js'

/** What a voter has executed, and has in a checkpoint, it still counts among the interfering instances, and can tell. */
describe('what is executed everywhere is not forgotten', () => {
  /** Restarts a voter from its records and a checkpoint of all that it has executed. */
  const restartFromCheckpoint = (stage: Stage, slot: number): void =>
    stage.restart(slot, stage.replica(slot).executedSet())

  it('a voter that was cut off while the others executed, and restarted from checkpoints, fits into their order [H17]', () => {
    const stage = new Stage(3)
    // R2 hears nothing; the fast quorum is two.
    for (let i = 0; i < 5; i++) {
      stage.propose(i % 2, command(`${'ab'[i % 2]}${i}`))
      stage.mail = stage.mail.filter(({ to, from }) => to !== 2 && from !== 2)
      stage.flow()
    }
    stage.mail = []
    for (const slot of [0, 1]) restartFromCheckpoint(stage, slot)
    stage.propose(2, command('late'))
    stage.deliver('pre-accept', { from: 2, to: 1 })
    stage.deliver('pre-accept-ok', { to: 2 })
    const vote = stage.cell(1, '2.1')?.deps
    expect(vote).toEqual([3, 2, 0])
    stage.settle()
    expect(stage.executed(2)).toBe('a0 b1 a2 b3 a4 late')
    for (const slot of [0, 1]) expect(stage.executed(slot)).toBe('late')
  })

  it('a recoverer with an old storage that asks for it is told the commit, never "none" [H20]', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    stage.flow()
    for (const slot of [0, 1]) restartFromCheckpoint(stage, slot)
    stage.mail = []
    // R2 has lost its records, and votes as if it had none.
    stage.tell(2, 1, recoverOne({ slot: 0, number: 1 }, 18))
    expect(stage.find('recover-ok', { from: 1, to: 2 })[0]?.message).toMatchObject({
      phase: 'committed',
      deps: [0, 0, 0],
    })
  })

  it('of a command proposed before, and one executed meanwhile, one covers the other: an order without luck [H22]', () => {
    const stage = new Stage(3)
    stage.propose(0, command('z'))
    const late = stage.take('pre-accept', { of: '0.1' })
    stage.propose(1, command('x'))
    stage.drop('pre-accept', { to: 0, of: '1.1' })
    stage.deliver('pre-accept', { to: 2, of: '1.1' })
    stage.deliver('pre-accept-ok', { of: '1.1' })
    expect(stage.committed(1, '1.1')).toBe('x {0,0,0}')
    stage.deliver('commit', { of: '1.1' })
    for (const slot of [0, 1, 2]) expect(stage.executed(slot)).toBe('x')
    for (const slot of [1, 2]) restartFromCheckpoint(stage, slot)
    stage.mail = []
    stage.arrive(late)
    stage.deliver('pre-accept-ok', { of: '0.1' })
    stage.tick(0, 500)
    stage.flow()
    // Somebody who hears of z before x knows to wait for it.
    expect(stage.committed(1, '0.1')).toBe('z {0,1,0}')
  })

  it('a restarted voter proposes with nothing less than what its earlier life covered [H23]', () => {
    const stage = new Stage(3)
    for (const [slot, name] of [
      [1, 'a'],
      [2, 'b'],
      [0, 'c'],
    ] as const) {
      stage.propose(slot, command(name))
      stage.flow()
    }
    const before = stage.cell(0, '0.1')?.initDeps as readonly number[]
    expect(before).toEqual([0, 1, 1])
    restartFromCheckpoint(stage, 0)
    stage.propose(0, command('d'))
    const after = stage.cell(0, '0.2')?.initDeps as readonly number[]
    expect(after).toEqual([1, 1, 1])
  })
})

it('a row goes on beyond 2²¹ instances, and beyond 2³² [K20]', () => {
  for (const number of [2 ** 21 + 1, 2 ** 32 + 1]) {
    const stage = new Stage(3)
    // As a voter with a long past, of which R0 has not heard yet.
    stage.tell(1, 0, { kind: 'frontier', epoch: 0, last: number, committed: [0, 0, 0] })
    const instance = { slot: 1, number }
    const deps = [0, number - 1, 0]
    const value = { kind: 'commands', commands: [command('a')] } as const
    stage.tell(1, 0, { kind: 'pre-accept', epoch: 0, instance, value, deps })
    expect(stage.find('pre-accept-ok', { from: 0 })[0]?.message).toMatchObject({ instance, deps })
    stage.propose(0, command('b'))
    expect(stage.cell(0, '0.1')?.deps).toEqual([0, number, 0])
  }
})

describe('as long as nothing seals an epoch', () => {
  // What a seal voids, proposes again, or hands over to, comes with membership: until then none can be made up.
  it.each([
    ['a lower epoch is refused, and its own proposals go on [H25]', 0],
    ['a higher epoch is refused: nobody is removed, and no vote goes to who has no state [H26, H29]', 2],
  ])('what is said of %s', (_, epoch) => {
    const stage = new Stage(3, undefined, 1)
    stage.propose(0, command('a'))
    const before = JSON.stringify([stage.disk(1), stage.replica(1).status()])
    const instance = { slot: 0, number: 1 }
    const value = { kind: 'commands', commands: [command('b')] } as const
    for (const message of [
      { kind: 'pre-accept', epoch, instance, value, deps: [0, 0, 0] },
      { kind: 'accept', epoch, instance, ballot: 0, value, deps: [0, 0, 0] },
      { kind: 'commit', epoch, instance, value, deps: [0, 0, 0] },
      { ...recoverOne(instance, 16), epoch },
    ] as const) {
      expect(() => stage.tell(0, 1, message)).toThrow(`epoch ${epoch}, here it is 1`)
    }
    expect(JSON.stringify([stage.disk(1), stage.replica(1).status()])).toBe(before)
    stage.settle()
    expect(stage.executed(1)).toBe('a')
  })
})

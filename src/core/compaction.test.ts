import { describe, expect, it } from 'vitest'
import { Stage } from './stage.js'
import { command, nameOf, recoverOne } from './stage-words.js'

/** As many as make a voter look at what may go, and some more. */
const MANY = 300

/** Proposes so many commands, at all of these in turn, each executed by all that mail gets to. */
const grow = (stage: Stage, slots: readonly number[], count: number = MANY): void => {
  for (let i = 0; i < count; i++) {
    stage.propose(slots[i % slots.length] as number, command(`${i % 10}`))
    stage.flow()
  }
}

/** Everybody writes a checkpoint down, and says so, a few times over: as long as floors take to move twice. */
const compact = (stage: Stage, slots: readonly number[]): void => {
  for (let round = 0; round < 4; round++) {
    for (const slot of slots) stage.checkpoint(slot)
    for (const slot of slots) stage.tick(slot, 500)
    stage.flow()
  }
}

const dropped = (stage: Stage, slot: number): readonly number[] => stage.replica(slot).status().dropped
const all = [0, 1, 2]

describe('what is executed durably at every voter', () => {
  it('is dropped, in memory and in storage, and the group goes on [K20]', () => {
    const stage = new Stage(3)
    grow(stage, all)
    compact(stage, all)
    for (const slot of all) {
      expect(dropped(stage, slot)).toEqual([100, 100, 100])
      expect(stage.replica(slot).status().held).toBe(0)
      expect(stage.disk(slot)).toEqual([])
    }
    stage.propose(1, command('next'))
    stage.flow()
    for (const slot of all) expect(stage.executed(slot)).toMatch(/ next$/)
    // It covers all that is forgotten, by the stable floor.
    expect(stage.cell(1, '1.101')?.deps).toEqual([100, 100, 100])
  })

  it('is bounded however long the group lives [K20]', () => {
    const stage = new Stage(3)
    for (let i = 0; i < 5; i++) {
      grow(stage, all, 2 * MANY)
      compact(stage, all)
    }
    for (const slot of all) {
      expect(stage.replica(slot).status().held).toBeLessThan(MANY)
      expect(stage.disk(slot).length).toBeLessThan(MANY)
    }
  })

  it('is dropped without a clock where there is much of it: what is kept depends on the work [K20]', () => {
    const stage = new Stage(3)
    const rounds = 12
    for (let round = 0; round < rounds; round++) {
      grow(stage, all)
      for (const slot of all) stage.checkpoint(slot)
      stage.flow()
    }
    for (const slot of all) expect(stage.replica(slot).status().held).toBeLessThan((rounds / 2) * MANY)
  })

  it('is kept as long as one voter has not executed it: that one can fetch it, and fits into the order [H17]', () => {
    const stage = new Stage(3)
    for (let i = 0; i < MANY; i++) {
      stage.propose(i % 2, command(`${i % 10}`))
      stage.mail = stage.mail.filter(({ to }) => to !== 2)
      stage.flow()
    }
    for (let round = 0; round < 4; round++) {
      for (const slot of [0, 1]) stage.checkpoint(slot)
      for (const slot of [0, 1]) stage.tick(slot, 500)
      stage.mail = stage.mail.filter(({ to }) => to !== 2)
      stage.flow()
    }
    for (const slot of [0, 1]) expect(dropped(stage, slot)).toEqual([0, 0, 0])
    stage.propose(2, command('late'))
    stage.settle()
    for (const slot of all) expect(stage.executed(slot)).toBe(stage.executed(0))
  })

  it('is told to be gone to a recoverer, never "none" [H20]', () => {
    const stage = new Stage(3)
    grow(stage, all)
    compact(stage, all)
    stage.tell(2, 1, recoverOne({ slot: 0, number: 7 }, 18))
    expect(stage.mail.map(({ message }) => message)).toEqual([{ kind: 'gone', epoch: 0, slot: 0, upTo: 100 }])
    // Of a stretch the rest is answered as ever.
    stage.mail = []
    stage.tell(2, 1, { ...recoverOne({ slot: 0, number: 100 }, 18), to: 101 })
    expect(stage.mail.map(({ message }) => message.kind)).toEqual(['gone', 'recover-ok'])
  })

  it('stops a voter that has forgotten it: its storage is older than its word [H20, H14]', () => {
    const stage = new Stage(3)
    grow(stage, all)
    stage.tell(0, 2, { kind: 'gone', epoch: 0, slot: 0, upTo: 100 })
    expect(stage.replica(2).status().stopped).toBeUndefined()
    stage.tell(0, 2, { kind: 'gone', epoch: 0, slot: 0, upTo: 101 })
    expect(stage.replica(2).status().stopped).toContain('its storage is older')
  })

  it('is not dropped before the proposals that may not cover it are executed too: an observer orders them alike [H22]', () => {
    const stage = new Stage(3, undefined, 0, 1)
    grow(stage, [1, 2], 2 * MANY)
    stage.propose(0, command('z'))
    const late = stage.take('pre-accept', { of: '0.1' })
    stage.propose(1, command('x'))
    stage.drop('pre-accept', { to: 0, of: '1.301' })
    stage.flow()
    expect(stage.committed(2, '1.301')).toMatch(/^x/)
    // All have executed x and written that down; z, which does not cover it, is still on its way.
    for (let round = 0; round < 4; round++) {
      for (const slot of all) stage.checkpoint(slot)
      for (const slot of all) stage.tick(slot, 100)
      stage.mail = stage.mail.filter(({ message }) => message.kind === 'frontier')
      stage.flow()
    }
    for (const slot of [1, 2]) expect(dropped(stage, slot)).toEqual([0, 0, 0])
    stage.arrive(late)
    stage.flow()
    stage.tick(0, 500)
    stage.flow()
    expect(stage.committed(1, '0.1')).toBe('z {0,301,300}')
  })

  it('is covered by what a restarted voter proposes, though the voter has no record of it any more [H23]', () => {
    const stage = new Stage(3)
    grow(stage, all)
    compact(stage, all)
    stage.restart(0)
    expect(stage.replica(0).status()).toMatchObject({ stable: [100, 100, 100], dropped: [100, 100, 100] })
    stage.propose(0, command('d'))
    expect(stage.cell(0, '0.101')?.initDeps).toEqual([100, 100, 100])
  })

  it('is told as a floor only once that floor is durable [H23]', () => {
    const stage = new Stage(3)
    grow(stage, all)
    for (const slot of all) stage.checkpoint(slot)
    for (const slot of all) stage.tick(slot, 500)
    stage.flow()
    stage.withhold(0)
    stage.tick(0, 500)
    expect(stage.find('frontier', { from: 0 })).toEqual([])
    expect(stage.writing(0).flatMap(({ floor }) => floor?.stable ?? [])).toEqual([100, 100, 100])
    stage.write(0)
    const [first] = stage.find('frontier', { from: 0 })
    expect(first?.message).toMatchObject({ mark: { floor: [100, 100, 100], last: 100 } })
  })

  it('can be had no more once its epoch is over either: an observer that lacks it needs a snapshot [H20]', () => {
    const stage = new Stage(3, {}, 0, 1)
    const apart = (): void => {
      stage.mail = stage.mail.filter(({ to }) => to !== 3)
    }
    const carry = (): void => {
      for (apart(); stage.mail.length > 0; apart()) stage.arrive(stage.mail.splice(0, 1))
    }
    for (let i = 0; i < MANY; i++) {
      stage.propose(i % 3, command(`${i % 10}`))
      carry()
    }
    for (let round = 0; round < 4; round++) {
      for (const slot of all) stage.checkpoint(slot)
      for (const slot of all) stage.tick(slot, 500)
      carry()
    }
    expect(dropped(stage, 0)).toEqual([100, 100, 100])
    // One of the next voters has yet to report: the rest of this epoch can still be had.
    stage.withholdCut(2)
    stage.seal(0, [0, 1, 2])
    carry()
    expect(stage.replica(0).status().configuration.number).toBe(1)
    stage.tick(3, 500)
    stage.flow()
    expect(stage.replica(3).status().lost?.configuration).toMatchObject({ number: 1 })
  })

  it('is not asked for again when late mail of it comes', () => {
    const stage = new Stage(3)
    stage.propose(0, command('a'))
    const copies = stage.some('pre-accept', { to: 1 })
    stage.flow()
    grow(stage, all)
    compact(stage, all)
    stage.arrive(copies)
    expect(stage.mail.map(({ message }) => message.kind)).toEqual(['gone'])
    stage.flow()
    expect(stage.replica(0).status().stopped).toBeUndefined()
    expect(stage.cell(1, '0.1')).toBeUndefined()
  })
})

describe('what is not executed yet', () => {
  it('is written once more with the batch that lets everything before it go', () => {
    const stage = new Stage(3)
    grow(stage, all)
    for (const slot of all) stage.checkpoint(slot)
    for (const slot of all) stage.tick(slot, 500)
    stage.flow()
    for (const slot of all) stage.tick(slot, 500)
    stage.flow()
    expect(stage.replica(1).status()).toMatchObject({ stable: [100, 100, 100], dropped: [0, 0, 0] })
    // After the mark that the others have of it.
    stage.propose(1, command('open'))
    stage.mail = []
    compact(stage, all)
    expect(dropped(stage, 1)).toEqual([100, 100, 100])
    expect(stage.disk(1).map(({ initValue }) => nameOf(initValue))).toEqual(['open'])
    stage.restart(1)
    expect(nameOf(stage.cell(1, '1.101')?.value)).toBe('open')
    stage.propose(1, command('after'))
    stage.settle()
    for (const slot of all) expect(stage.executed(slot)).toMatch(/ after$/)
  })
})

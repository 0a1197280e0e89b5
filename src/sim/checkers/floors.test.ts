import { describe, expect, it } from 'vitest'
import type { Deps, FloorRecord, InstanceRecord, Message } from '../../core/index.js'
import { Floors } from './floors.js'
import { batch, command } from './stage.js'
import { Violation } from './violation.js'

const configuration = { number: 0, voters: ['a', 'b'], wireVersion: 1, stateVersion: 1 }

const checkpoint = (...frontier: number[]) => ({
  records: [],
  checkpoint: { configuration, executed: { frontier, beyond: [[], []] }, chunks: [] },
})

const floor = (stable: Deps, last: number, drop: Deps = [0, 0]): FloorRecord => ({ epoch: 0, stable, last, drop })

const gone = (slot: number, number: number): InstanceRecord => ({
  epoch: 0,
  instance: { slot, number },
  phase: 'committed',
  value: batch(command(1)),
  deps: [0, 0],
  initValue: undefined,
  initDeps: undefined,
  ballot: 0,
  votedBallot: 0,
})

const frontier = (executed: Deps, mark: { floor: Deps; last: number }): Message => ({
  kind: 'frontier',
  epoch: 0,
  last: 9,
  committed: [9, 9],
  executed,
  mark,
})

const preAccept = (number: number, deps: Deps): Message => ({
  kind: 'pre-accept',
  epoch: 0,
  instance: { slot: 0, number },
  value: batch(command(number)),
  deps,
})

/** Two voters that have both durably executed (2, 2); then, one of each row later, also that. */
const twoVoters = (): Floors => {
  const floors = new Floors(2)
  for (const slot of [0, 1]) floors.kept(slot, checkpoint(2, 2), [])
  return floors
}

describe('floors', () => {
  it('let S rise to what all have durably executed, T to the marks of all once S has passed their numbers, and that be dropped', () => {
    const floors = twoVoters()
    for (const slot of [0, 1]) floors.kept(slot, { records: [], floor: floor([2, 2], 3) }, [])
    for (const slot of [0, 1]) floors.kept(slot, checkpoint(3, 3), [])
    floors.kept(0, { records: [], floor: floor([3, 3], 5, [2, 2]), compacted: true }, [gone(0, 2), gone(1, 1)])
    floors.sent(0, { kind: 'gone', epoch: 0, slot: 1, upTo: 2 })
  })

  it('convict an S that one of them has not durably executed [H17]', () => {
    const floors = twoVoters()
    floors.kept(0, checkpoint(3, 2), [])
    expect(() => floors.kept(0, { records: [], floor: floor([3, 2], 3) }, [])).toThrow(Violation)
  })

  it('convict a T above a mark, though all have executed it [H22]', () => {
    const floors = twoVoters()
    floors.kept(0, { records: [], floor: floor([2, 2], 0) }, [])
    const early = { records: [], floor: floor([2, 2], 0, [1, 0]) }
    expect(() => floors.kept(0, early, [])).toThrow('above every floor that voter 1 has adopted')
  })

  it('convict a T as long as an instance proposed before a mark is not executed everywhere [H22]', () => {
    const floors = twoVoters()
    floors.kept(1, { records: [], floor: floor([2, 2], 3) }, [])
    const early = { records: [], floor: floor([2, 2], 2, [1, 0]) }
    expect(() => floors.kept(0, early, [])).toThrow('1.3, proposed below it, is not executed everywhere')
  })

  it('convict what is dropped above T, or called gone', () => {
    expect(() => twoVoters().kept(0, { records: [], compacted: true }, [gone(0, 1)])).toThrow(Violation)
    expect(() => twoVoters().sent(0, { kind: 'gone', epoch: 0, slot: 0, upTo: 3 })).toThrow(Violation)
  })

  it.each([
    ['S', floor([1, 2], 3)],
    ['its number', floor([2, 2], 2)],
  ])('convict a floor whose %s goes back over a restart [H23]', (_, later) => {
    const floors = twoVoters()
    floors.kept(0, { records: [], floor: floor([2, 2], 3) }, [])
    expect(() => floors.kept(0, { records: [], floor: later }, [])).toThrow('went back')
  })

  it('convict a proposal that does not cover the floor that its voter has told before [H23]', () => {
    const floors = twoVoters()
    floors.kept(0, { records: [], floor: floor([2, 2], 3) }, [])
    floors.sent(0, preAccept(4, [0, 0]))
    floors.sent(0, frontier([2, 2], { floor: [2, 2], last: 3 }))
    // Proposed before it was told.
    floors.sent(0, preAccept(3, [0, 0]))
    floors.sent(0, preAccept(5, [2, 2]))
    expect(() => floors.sent(0, preAccept(6, [2, 1]))).toThrow(Violation)
  })

  it('convict gossip of what is not written: a mark, or a frontier', () => {
    expect(() => twoVoters().sent(0, frontier([2, 2], { floor: [2, 2], last: 3 }))).toThrow(Violation)
    expect(() => twoVoters().sent(0, frontier([3, 2], { floor: [0, 0], last: 0 }))).toThrow(Violation)
    twoVoters().sent(0, frontier([2, 2], { floor: [0, 0], last: 0 }))
  })
})

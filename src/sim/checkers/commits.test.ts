import { describe, expect, it } from 'vitest'
import { type Deps, type InstanceRecord, type Message, NOOP, type Value, write } from '../../core/index.js'
import { Agreement, checkVisibility } from './agreement.js'
import { Proposals } from './proposals.js'
import { type Ledger, Quorums } from './quorum.js'
import { batch, command, SWEEP } from './stage.js'
import { Violation } from './violation.js'

const id = { slot: 0, number: 1 }

const a = command(1, write('k'))
const b = command(2, write('k'))
const other = command(3, write('x'))

const record = (change: Partial<InstanceRecord> = {}): InstanceRecord => ({
  epoch: 0,
  instance: id,
  phase: 'pre-accepted',
  value: batch(a),
  deps: [0, 0],
  initValue: batch(a),
  initDeps: [0, 0],
  ballot: 0,
  votedBallot: 0,
  ...change,
})

describe('agreement', () => {
  const told = (value: Value, deps: Deps) => () => {
    const agreement = new Agreement()
    agreement.committed(id, batch(a), [0, 0])
    agreement.committed(id, value, deps)
  }
  it('convicts another command, other dependencies, and a no-op where there was a command', () => {
    expect(told(batch(b), [0, 0])).toThrow(Violation)
    expect(told(batch(a), [0, 1])).toThrow(Violation)
    expect(told(NOOP, [0, 0])).toThrow(Violation)
  })
  it('lets the same commit be told twice', () => {
    expect(told(batch({ ...a }), [0, 0])).not.toThrow()
  })
})

describe('visibility', () => {
  const seen = (first: Deps, second: Deps, value: Value) => () => {
    const agreement = new Agreement()
    agreement.committed({ slot: 0, number: 1 }, batch(a), first)
    agreement.committed({ slot: 1, number: 1 }, value, second)
    checkVisibility(agreement)
  }
  it('convicts two that interfere, and of which neither depends on the other', () => {
    expect(seen([0, 0], [0, 0], batch(b))).toThrow(Violation)
    expect(seen([0, 0], [0, 0], SWEEP)).toThrow(Violation)
  })
  it('is content when one of them does, when they do not interfere, and with a no-op', () => {
    expect(seen([0, 0], [1, 0], batch(b))).not.toThrow()
    expect(seen([0, 1], [0, 0], batch(b))).not.toThrow()
    expect(seen([0, 0], [0, 0], batch(other))).not.toThrow()
    expect(seen([0, 0], [0, 0], NOOP)).not.toThrow()
  })
})

describe('proposals', () => {
  const about = { epoch: 0, instance: id }
  const accept = (ballot: number, value: Value): Message => ({ ...about, kind: 'accept', ballot, value, deps: [0, 0] })
  const recover: Message = { kind: 'recover', epoch: 0, slot: 0, from: 1, to: 3, ballot: 16 }
  it('convict two values at one ballot [H21]', () => {
    const proposals = new Proposals()
    proposals.sent(1, accept(0, batch(a)))
    proposals.sent(1, accept(0, batch(a)))
    expect(() => proposals.sent(2, accept(0, batch(b)))).toThrow(Violation)
  })
  it('convict a ballot that two lives use [H31]', () => {
    const proposals = new Proposals()
    proposals.sent(1, recover)
    proposals.sent(1, accept(16, NOOP))
    expect(() => proposals.sent(2, { ...recover, from: 3 })).toThrow(Violation)
    expect(() => proposals.sent(2, { ...recover, ballot: 32 })).not.toThrow()
  })
})

describe('quorums', () => {
  const accept = (ballot: number, value: Value): Message => ({
    epoch: 0,
    instance: id,
    kind: 'accept',
    ballot,
    value,
    deps: [0, 0],
  })
  const disk = (held: InstanceRecord | undefined, ...votes: number[]): Ledger => ({
    find: () => held,
    voted: (_slot, _number, ballot) => votes.includes(ballot),
  })
  const commits =
    (path: 'fast' | 'slow', ...disks: Ledger[]): (() => void) =>
    () => {
      const quorums = new Quorums(disks, 3)
      quorums.sent(0, accept(0, batch(a)))
      quorums.committed(0, id, path, batch(a), [0, 0])
    }
  const held = record({ phase: 'accepted' })
  const gone = disk(undefined)

  it('convict a commit that too few disks hold', () => {
    expect(commits('fast', disk(record()), disk(record()), gone)).not.toThrow()
    expect(commits('fast', disk(record()), disk(record({ deps: [0, 1] })), gone)).toThrow(Violation)
    expect(commits('slow', disk(held, 0), disk(held, 0), gone)).not.toThrow()
    expect(commits('slow', disk(held, 0), disk(record()), gone)).toThrow(Violation)
    expect(commits('slow', disk(held, 0), disk(record({ phase: 'accepted', value: NOOP }), 0), gone)).toThrow(Violation)
  })
  it('convict a commit whose votes are of several ballots [H6]', () => {
    expect(commits('slow', disk(held, 0), disk(held, 16), gone)).toThrow(Violation)
  })
  it('convict a proposal that too few have promised to hear [H6]', () => {
    const promised = disk(record({ ballot: 16 }))
    expect(() => new Quorums([promised, promised, gone], 3).sent(0, accept(16, NOOP))).not.toThrow()
    expect(() => new Quorums([promised, disk(record()), gone], 3).sent(0, accept(16, NOOP))).toThrow(Violation)
  })
  it('convict a proposal against what was chosen below it [H3]', () => {
    const proposals = (first: number, ...disks: Ledger[]) => {
      const quorums = new Quorums(disks, 3)
      quorums.sent(0, accept(first, batch(a)))
      quorums.sent(1, accept(33, NOOP))
      return () => quorums.conclude()
    }
    const voted = disk(record({ ballot: 33 }), 0)
    expect(proposals(0, voted, voted, gone)).toThrow(Violation)
    expect(proposals(0, voted, disk(record({ ballot: 33 })), gone)).not.toThrow()
  })
})

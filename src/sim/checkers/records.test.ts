import { describe, expect, it } from 'vitest'
import { type InstanceRecord, type Message, NOOP, write } from '../../core/index.js'
import { checkSuccession, Promises } from './ballots.js'
import { Durability } from './durability.js'
import { Violation } from './violation.js'

const id = { slot: 0, number: 1 }
const command = {
  spans: [write('k')],
  payload: new Uint8Array(),
  session: '0'.repeat(32),
  sequence: 1,
  acknowledged: 0,
  after: [],
}
const value = { kind: 'commands', commands: [command] } as const

const record = (change: Partial<InstanceRecord> = {}): InstanceRecord => ({
  epoch: 0,
  instance: id,
  phase: 'pre-accepted',
  value: value,
  deps: [0, 0],
  initValue: value,
  initDeps: [0, 0],
  ballot: 0,
  votedBallot: 0,
  ...change,
})

describe('records', () => {
  const follows =
    (before: Partial<InstanceRecord>, after: Partial<InstanceRecord>): (() => void) =>
    () =>
      checkSuccession(record(before), record(after))
  it.each<[string, Partial<InstanceRecord>, Partial<InstanceRecord>]>([
    ['a promise that falls', { ballot: 32 }, { ballot: 16 }],
    [
      'a vote that falls',
      { ballot: 32, votedBallot: 32, phase: 'accepted' },
      { ballot: 32, votedBallot: 16, phase: 'accepted' },
    ],
    ['a vote above the promise', {}, { ballot: 16, votedBallot: 32 }],
    ['a phase that falls', { phase: 'accepted' }, { phase: 'pre-accepted' }],
    ['another commit [H4]', { phase: 'committed' }, { phase: 'committed', deps: [0, 3] }],
    ['another value at the ballot of the vote', { phase: 'accepted' }, { phase: 'accepted', value: NOOP }],
  ])('convict %s', (_, before, after) => {
    expect(follows(before, after)).toThrow(Violation)
  })
  it('may rise', () => {
    expect(follows({}, { ballot: 16 })).not.toThrow()
    expect(follows({ ballot: 16 }, { ballot: 16, votedBallot: 16, phase: 'accepted', value: NOOP })).not.toThrow()
    expect(
      follows({ phase: 'accepted' }, { ballot: 16, votedBallot: 16, phase: 'accepted', value: NOOP }),
    ).not.toThrow()
    expect(() => checkSuccession(undefined, record())).not.toThrow()
  })
})

describe('promises', () => {
  const about = { epoch: 0, instance: id }
  const unknown = { value: undefined, deps: undefined, initDeps: undefined, votedBallot: 0 }
  const promise: Message = { ...about, ...unknown, kind: 'recover-ok', ballot: 32, phase: 'none' }
  const sends =
    (...messages: Message[]): (() => void) =>
    () => {
      const promises = new Promises()
      for (const message of messages) promises.sent(message)
    }
  it('convict a vote below a promise, and a pre-accept after one', () => {
    expect(sends(promise, { ...about, kind: 'accept-ok', ballot: 16 })).toThrow(Violation)
    expect(sends(promise, { ...about, kind: 'pre-accept-ok', deps: [0, 0] })).toThrow(Violation)
  })
  it('let a vote be at the promise, or before it, and a commit be told at any ballot', () => {
    expect(sends({ ...about, kind: 'accept-ok', ballot: 16 }, promise)).not.toThrow()
    expect(sends(promise, { ...about, kind: 'accept-ok', ballot: 32 })).not.toThrow()
    expect(sends(promise, { ...promise, ballot: 16, phase: 'committed' })).not.toThrow()
  })
})

describe('durable first', () => {
  const about = { epoch: 0, instance: { slot: 1, number: 1 } }
  const none = record({ phase: 'none', value: undefined, deps: undefined, initValue: undefined, initDeps: undefined })
  const ok = { ...about, kind: 'recover-ok', ballot: 16, votedBallot: 0, phase: 'none' } as const
  const unknown = { value: undefined, deps: undefined, initDeps: undefined }
  const leaves = (message: Message, held: InstanceRecord | undefined) => () =>
    new Durability(1, () => held).sent(message)
  const cases: [Message, InstanceRecord | undefined][] = [
    [{ ...about, kind: 'pre-accept', value: value, deps: [0, 0] }, undefined],
    [{ ...about, kind: 'pre-accept', value: value, deps: [0, 0] }, record({ initDeps: [0, 1] })],
    [{ ...about, kind: 'pre-accept-ok', deps: [0, 0] }, none],
    [{ ...about, kind: 'pre-accept-ok', deps: [0, 1] }, record()],
    [{ ...about, kind: 'accept-ok', ballot: 16 }, record({ ballot: 16 })],
    [{ kind: 'recover', epoch: 0, slot: 1, from: 1, to: 2, ballot: 16 }, record()],
    [{ ...ok, ...unknown }, record()],
    [
      { ...ok, phase: 'accepted', votedBallot: 16, value: NOOP, deps: [0, 0], initDeps: undefined },
      record({ ballot: 16 }),
    ],
    [{ ...ok, phase: 'committed', value: NOOP, deps: [0, 0], initDeps: undefined }, record({ ballot: 16 })],
    [{ ...about, kind: 'nack', ballot: 16 }, record()],
    [{ ...about, kind: 'validate-ok', ballot: 16, conflicts: [] }, none],
    [{ ...about, kind: 'commit', value: undefined, deps: [0, 0] }, record()],
    [
      {
        kind: 'frontier',
        epoch: 0,
        last: 1,
        committed: [0, 1],
        executed: [0, 0],
        mark: { floor: [0, 0], last: 0 },
      },
      record(),
    ],
  ]
  it.each(cases)('convicts $kind when the disk lags behind it', (message, held) => {
    expect(leaves(message, held)).toThrow(Violation)
  })
  it('lets leave what the disk holds, and another voter’s commit before it is written', () => {
    expect(leaves({ ...about, kind: 'pre-accept-ok', deps: [0, 0] }, record())).not.toThrow()
    expect(leaves({ ...ok, ...unknown }, record({ ballot: 16 }))).not.toThrow()
    const commit: Message = { ...about, kind: 'commit', value: undefined, deps: [0, 0] }
    expect(leaves(commit, record({ phase: 'committed' }))).not.toThrow()
    expect(leaves({ ...commit, instance: id }, undefined)).not.toThrow()
  })
  it('convicts an own instance executed before its commit is written [H7]', () => {
    expect(() => new Durability(0, () => record()).executed(id)).toThrow(Violation)
    expect(() => new Durability(1, () => record()).executed(id)).not.toThrow()
  })
})

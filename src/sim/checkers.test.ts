import { describe, expect, it } from 'vitest'
import { type Command, type Envelope, type InstanceRecord, NOOP, read, type Span, write } from '../core/index.js'
import { Agreement, checkAnswered, checkDurable, checkOrder, checkVisibility, Journal, Violation } from './checkers.js'

const command = (sequence: number, ...spans: Span[]): Command => ({
  spans,
  payload: new Uint8Array(),
  session: '0'.repeat(32),
  sequence,
})
const batch = (...commands: Command[]) => ({ kind: 'commands', commands }) as const
const journal = (owner: string, ...commands: Command[]): Journal => {
  const made = new Journal(owner)
  for (const [i, each] of commands.entries()) {
    made.executed({ instance: { slot: 0, number: i + 1 }, value: batch(each) })
  }
  return made
}

const a = command(1, write('k'))
const b = command(2, write('k'))
const other = command(3, write('x'))

describe('agreement', () => {
  const id = { slot: 0, number: 1 }
  it('convicts another command', () => {
    const agreement = new Agreement()
    agreement.committed(id, batch(a), [0, 0])
    expect(() => agreement.committed(id, batch(b), [0, 0])).toThrow(Violation)
  })
  it('convicts other dependencies', () => {
    const agreement = new Agreement()
    agreement.committed(id, batch(a), [0, 0])
    expect(() => agreement.committed(id, batch(a), [0, 1])).toThrow(Violation)
  })
  it('convicts a no-op where there was a command', () => {
    const agreement = new Agreement()
    agreement.committed(id, batch(a), [0, 0])
    expect(() => agreement.committed(id, NOOP, [0, 0])).toThrow(Violation)
  })
  it('lets the same commit be told twice', () => {
    const agreement = new Agreement()
    agreement.committed(id, batch(a), [0, 0])
    agreement.committed(id, batch({ ...a }), [0, 0])
    expect([...agreement.commits]).toHaveLength(1)
  })
})

describe('visibility', () => {
  const seen = (first: readonly number[], second: readonly number[], with_: Command) => {
    const agreement = new Agreement()
    agreement.committed({ slot: 0, number: 1 }, batch(a), first)
    agreement.committed({ slot: 1, number: 1 }, batch(with_), second)
    return () => checkVisibility(agreement)
  }
  it('convicts two interfering commands of which neither depends on the other', () => {
    expect(seen([0, 0], [0, 0], b)).toThrow(Violation)
  })
  it('is content when one of them does, or when they do not interfere', () => {
    expect(seen([0, 0], [1, 0], b)).not.toThrow()
    expect(seen([0, 1], [0, 0], b)).not.toThrow()
    expect(seen([0, 0], [0, 0], other)).not.toThrow()
  })
})

describe('equal order', () => {
  it('convicts interfering commands in two orders', () => {
    expect(() => checkOrder([journal('R0', a, b), journal('R1', b, a)])).toThrow(Violation)
  })
  it('convicts a gap: a later command executed without an earlier one that it interferes with', () => {
    expect(() => checkOrder([journal('R0', a, b), journal('R1', b)])).toThrow(Violation)
  })
  it('convicts a command that only a shorter journal holds', () => {
    expect(() => checkOrder([journal('R0', a, b), journal('R1', other)])).toThrow(Violation)
  })
  it('lets commands that do not interfere come in any order, and a life end early', () => {
    const reads = command(4, read('k'))
    const more = command(5, read('k'))
    expect(() => checkOrder([journal('R0', other, a, reads, more), journal('R1', a, more, reads, other)])).not.toThrow()
    expect(() => checkOrder([journal('R0', a, b), journal('R1', a)])).not.toThrow()
  })
})

it('exactly once: convicts a command executed twice', () => {
  expect(() => journal('R0', a, a)).toThrow(Violation)
})

it('answered: convicts an answer that a replica has not executed', () => {
  expect(() => checkAnswered([a, b], [journal('R0', a, b), journal('R1', a)])).toThrow(Violation)
  expect(() => checkAnswered([a], [journal('R0', a, b), journal('R1', a)])).not.toThrow()
})

describe('durable first', () => {
  const instance = { slot: 1, number: 1 }
  const record: InstanceRecord = {
    epoch: 0,
    instance,
    phase: 'pre-accepted',
    value: batch(a),
    deps: [0, 0],
    initValue: batch(a),
    initDeps: [0, 0],
    ballot: 0,
    votedBallot: 0,
  }
  const about = { epoch: 0, instance }
  const none: InstanceRecord = { ...record, phase: 'none', value: undefined, deps: undefined, initValue: undefined }
  const ok = { ...about, kind: 'recover-ok', ballot: 16, votedBallot: 0, phase: 'none' } as const
  const unknown = { value: undefined, deps: undefined, initDeps: undefined }
  const cases: [Envelope['message'], InstanceRecord | undefined][] = [
    [{ ...about, kind: 'pre-accept', value: batch(a), deps: [0, 0] }, undefined],
    [{ ...about, kind: 'pre-accept-ok', deps: [0, 0] }, none],
    [
      { ...about, kind: 'accept-ok', ballot: 16 },
      { ...record, ballot: 16, votedBallot: 0 },
    ],
    [{ ...about, kind: 'recover', ballot: 16 }, record],
    [{ ...ok, ...unknown }, record],
    [{ ...about, kind: 'nack', ballot: 16 }, record],
    [{ ...about, kind: 'validate-ok', ballot: 16, conflicts: [] }, none],
    [{ ...about, kind: 'commit', value: undefined, deps: [0, 0] }, record],
  ]
  it.each(cases)('convicts $kind when the disk lags behind it', (message, held) => {
    expect(() => checkDurable(1, { to: 'f'.repeat(32), message }, () => held)).toThrow(Violation)
  })
  it("lets a replica tell of another's commit before it is written", () => {
    const commit = { ...about, kind: 'commit', value: undefined, deps: [0, 0] } as const
    expect(() => checkDurable(0, { to: 'f'.repeat(32), message: commit }, () => record)).not.toThrow()
  })
})

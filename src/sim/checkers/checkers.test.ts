import { describe, expect, it } from 'vitest'
import {
  type Command,
  type Deps,
  type InstanceRecord,
  type Message,
  NOOP,
  read,
  readRange,
  type Span,
  type Status,
  type Value,
  write,
} from '../../core/index.js'
import { Agreement, checkVisibility } from './agreement.js'
import { checkSuccession, Promises } from './ballots.js'
import { Durability } from './durability.js'
import { Applied } from './exactly-once.js'
import { Lag, settled } from './lag.js'
import { type Journal, Order } from './order.js'
import { Outcomes } from './outcomes.js'
import { Proposals } from './proposals.js'
import { type Ledger, Quorums } from './quorum.js'
import { checkEqualStates } from './state.js'
import { Violation } from './violation.js'

const command = (sequence: number, ...spans: Span[]): Command => ({
  spans,
  payload: new Uint8Array(),
  session: '0'.repeat(32),
  sequence,
  acknowledged: 0,
})
const batch = (...commands: Command[]) => ({ kind: 'commands', commands }) as const
const SWEEP = { kind: 'sweep', payload: new Uint8Array() } as const
const id = { slot: 0, number: 1 }

const a = command(1, write('k'))
const b = command(2, write('k'))
const other = command(3, write('x'))
const look = command(4, read('k'))

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

describe('equal order', () => {
  const execute = (journal: Journal, ...numbers: [number, Value][]): void => {
    for (const [number, value] of numbers) {
      if (value.kind !== 'noop') journal.executed({ instance: { slot: 0, number }, value })
    }
  }
  const orders =
    (first: [number, Value][], second: [number, Value][]): (() => void) =>
    () => {
      const order = new Order(['k', 'x'])
      execute(order.journal('R0'), ...first)
      execute(order.journal('R1'), ...second)
    }
  it('convicts interfering commands in two orders', () => {
    expect(
      orders(
        [
          [1, batch(a)],
          [2, batch(b)],
        ],
        [
          [2, batch(b)],
          [1, batch(a)],
        ],
      ),
    ).toThrow(Violation)
    expect(
      orders(
        [
          [1, batch(a)],
          [2, batch(look)],
        ],
        [
          [2, batch(look)],
          [1, batch(a)],
        ],
      ),
    ).toThrow(Violation)
    expect(
      orders(
        [
          [1, batch(a)],
          [2, SWEEP],
        ],
        [
          [2, SWEEP],
          [1, batch(a)],
        ],
      ),
    ).toThrow(Violation)
    const scan = batch(command(5, readRange('a', 'z')))
    expect(
      orders(
        [
          [1, batch(a)],
          [2, scan],
        ],
        [
          [2, scan],
          [1, batch(a)],
        ],
      ),
    ).toThrow(Violation)
  })
  it('convicts a gap: a later command executed without an earlier one that it interferes with', () => {
    expect(
      orders(
        [
          [1, batch(a)],
          [2, batch(b)],
        ],
        [[2, batch(b)]],
      ),
    ).toThrow(Violation)
  })
  it('lets commands that do not interfere come in any order, and a life end early', () => {
    const more = command(5, read('k'))
    expect(
      orders(
        [
          [1, batch(a)],
          [2, batch(look)],
          [3, batch(more)],
          [4, batch(other)],
        ],
        [
          [4, batch(other)],
          [1, batch(a)],
          [3, batch(more)],
          [2, batch(look)],
        ],
      ),
    ).not.toThrow()
    expect(
      orders(
        [
          [1, batch(a)],
          [2, batch(b)],
        ],
        [[1, batch(a)]],
      ),
    ).not.toThrow()
  })
  it('convicts an instance executed twice, also after a checkpoint that holds it', () => {
    const order = new Order(['k'])
    const first = order.journal('R0')
    execute(first, [1, batch(a)])
    expect(() => execute(order.journal('R0', first), [1, batch(a)])).toThrow(Violation)
    expect(() => execute(order.journal('R0', first), [2, batch(b)])).not.toThrow()
  })
})

describe('exactly once', () => {
  it('convicts a command applied twice, also after a checkpoint that holds it; a read may be', () => {
    const first = new Applied('R0')
    first.applied(a)
    first.applied(look)
    first.applied(look)
    expect(() => first.applied(a)).toThrow(Violation)
    expect(() => new Applied('R0', first).applied(a)).toThrow(Violation)
  })
  it('convicts an answer that is lost, and a refusal that was none', () => {
    const machine = new Applied('R0')
    machine.applied(a)
    expect(() => machine.checkHolds([a, look])).not.toThrow()
    expect(() => machine.checkHolds([b])).toThrow(Violation)
    expect(() => machine.checkLacks([b])).not.toThrow()
    expect(() => machine.checkLacks([a])).toThrow(Violation)
  })
})

describe('equal outcomes', () => {
  const executable = { instance: id, value: batch(a) }
  const done = (result: number) => [{ command: a, outcome: { kind: 'done', result } as const }]
  it('convicts another result, or a refusal, of the same command in the same instance', () => {
    const outcomes = new Outcomes()
    outcomes.executed('R0', executable, done(1))
    expect(() => outcomes.executed('R1', executable, done(1))).not.toThrow()
    expect(() => outcomes.executed('R1', executable, done(2))).toThrow(Violation)
    const expired = [{ command: a, outcome: { kind: 'expired' } as const }]
    expect(() => outcomes.executed('R1', executable, expired)).toThrow(Violation)
  })
})

it('equal states: convicts one byte', () => {
  const bytes = (...numbers: number[]) => [Uint8Array.from(numbers)]
  expect(() =>
    checkEqualStates([
      ['R0', bytes(1, 2)],
      ['R1', bytes(1, 2)],
    ]),
  ).not.toThrow()
  expect(() =>
    checkEqualStates([
      ['R0', bytes(1, 2)],
      ['R1', bytes(1, 3)],
    ]),
  ).toThrow(Violation)
  expect(() =>
    checkEqualStates([
      ['R0', bytes(1, 2)],
      ['R1', bytes(1, 2, 3)],
    ]),
  ).toThrow(Violation)
})

describe('durable first', () => {
  const about = { epoch: 0, instance: { slot: 1, number: 1 } }
  const none = record({ phase: 'none', value: undefined, deps: undefined, initValue: undefined, initDeps: undefined })
  const ok = { ...about, kind: 'recover-ok', ballot: 16, votedBallot: 0, phase: 'none' } as const
  const unknown = { value: undefined, deps: undefined, initDeps: undefined }
  const leaves = (message: Message, held: InstanceRecord | undefined) => () =>
    new Durability(1, () => held).sent(message)
  const cases: [Message, InstanceRecord | undefined][] = [
    [{ ...about, kind: 'pre-accept', value: batch(a), deps: [0, 0] }, undefined],
    [{ ...about, kind: 'pre-accept', value: batch(a), deps: [0, 0] }, record({ initDeps: [0, 1] })],
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
    [{ kind: 'frontier', epoch: 0, last: 1, committed: [0, 1] }, record()],
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

describe('lag', () => {
  const state: Status = {
    id: '0'.repeat(32),
    epoch: 0,
    voters: [],
    slot: 0,
    suspected: [],
    quorum: 'fast',
    committed: [1, 0],
    executed: [1, 0],
    pending: 0,
    waiting: 0,
    behind: 0,
    stopped: undefined,
  }
  it('is over when all know and have executed the same, and nothing is pending', () => {
    expect(settled([state, { ...state, slot: 1 }])).toBe(true)
    expect(settled([state, { ...state, committed: [2, 0], executed: [2, 0] }])).toBe(false)
    expect(settled([{ ...state, committed: [2, 0] }])).toBe(false)
    expect(settled([{ ...state, pending: 1 }])).toBe(false)
    expect(settled([{ ...state, behind: 1 }])).toBe(false)
  })
  it('convicts what takes longer than the bound, and knows the longest', () => {
    const lag = new Lag(100)
    lag.waited(70, 'a quorum', [state])
    lag.waited(20, 'everybody', [state])
    expect(lag.largestMs).toBe(70)
    expect(() => lag.waited(101, 'everybody', [state])).toThrow(Violation)
  })
})

import { describe, expect, it } from 'vitest'
import { read, readRange, type Status, type Value, write } from '../../core/index.js'
import { Applied } from './exactly-once.js'
import { InFlight } from './in-flight.js'
import { Lag, settled } from './lag.js'
import { Lines } from './lines.js'
import { type Journal, Order } from './order.js'
import { Outcomes } from './outcomes.js'
import { batch, command, SWEEP } from './stage.js'
import { checkEqualStates } from './state.js'
import { Violation } from './violation.js'

const id = { slot: 0, number: 1 }

const a = command(1, write('k'))
const b = command(2, write('k'))
const other = command(3, write('x'))
const look = command(4, read('k'))

describe('equal order', () => {
  const execute = (journal: Journal, ...numbers: [number, Value][]): void => {
    for (const [number, value] of numbers) {
      if (value.kind !== 'noop') journal.execute({ instance: { slot: 0, number }, value })
    }
  }
  const orders =
    (first: [number, Value][], second: [number, Value][]): (() => void) =>
    () => {
      const order = new Order(['k', 'x'])
      execute(order.journal('R0', 0), ...first)
      execute(order.journal('R1', 0), ...second)
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
    const held = { frontier: [1], beyond: [[]] }
    execute(order.journal('R0', 0), [1, batch(a)])
    expect(() => execute(order.journal('R0', 0, held), [1, batch(a)])).toThrow(Violation)
    expect(() => execute(order.journal('R0', 0, held), [2, batch(b)])).not.toThrow()
  })
})

describe('exactly once', () => {
  it('convicts a command applied twice, also after a checkpoint that holds it; a read may be', () => {
    const first = new Applied('R0', new Lines())
    first.applied(a)
    first.applied(look)
    first.applied(look)
    expect(() => first.applied(a)).toThrow(Violation)
    expect(() => new Applied('R0', new Lines(), first.numbers).applied(a)).toThrow(Violation)
  })
  it('convicts an answer that is lost, and a refusal that was none', () => {
    const machine = new Applied('R0', new Lines())
    machine.applied(a)
    expect(() => machine.checkHolds([a.sequence])).not.toThrow()
    expect(() => machine.checkHolds([b.sequence])).toThrow(Violation)
    expect(() => machine.checkLacks([b.sequence])).not.toThrow()
    expect(() => machine.checkLacks([a.sequence])).toThrow(Violation)
  })
})

describe('equal outcomes', () => {
  const executable = { instance: id, value: batch(a) }
  const done = (result: number) => [{ command: a, outcome: { kind: 'done', result } as const }]
  it('convicts another result, or a refusal, of the same command in the same instance', () => {
    const outcomes = new Outcomes()
    outcomes.executed('R0', 0, executable, done(1))
    expect(() => outcomes.executed('R1', 0, executable, done(1))).not.toThrow()
    expect(() => outcomes.executed('R1', 0, executable, done(2))).toThrow(Violation)
    const expired = [{ command: a, outcome: { kind: 'expired' } as const }]
    expect(() => outcomes.executed('R1', 0, executable, expired)).toThrow(Violation)
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

describe('lag', () => {
  const state: Status = {
    id: '0'.repeat(32),
    configuration: { number: 0, voters: [], wireVersion: 1, stateVersion: 1 },
    slot: 0,
    voting: true,
    sealed: undefined,
    lost: undefined,
    reported: [],
    suspected: [],
    quorum: 'fast',
    committed: [1, 0],
    executed: [1, 0],
    stable: [0, 0],
    dropped: [0, 0],
    held: 1,
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

describe('in flight', () => {
  const preAccept = (number: number, value: ReturnType<typeof batch>) =>
    ({ kind: 'pre-accept', epoch: 0, instance: { slot: 0, number }, value, deps: [0, 0, 0] }) as const
  it('convicts a voter that proposes before its own interfering instance has come to its end [H16]', () => {
    const inFlight = new InFlight(0)
    inFlight.sent(1, preAccept(1, batch(a)))
    inFlight.sent(1, preAccept(1, batch(a)))
    inFlight.sent(1, preAccept(2, batch(other)))
    inFlight.ended({ slot: 1, number: 1 })
    expect(() => inFlight.sent(1, preAccept(3, batch(b)))).toThrow(Violation)
  })
  it('lets it propose once that one has ended, or in another life', () => {
    const inFlight = new InFlight(0)
    inFlight.sent(1, preAccept(1, batch(a)))
    inFlight.ended({ slot: 0, number: 1 })
    inFlight.sent(1, preAccept(2, batch(b)))
    inFlight.sent(2, preAccept(3, batch(a)))
  })
})

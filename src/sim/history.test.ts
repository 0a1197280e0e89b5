import { describe, expect, it } from 'vitest'
import { noFaults } from './faults.js'
import { type Call, historyLines, InvalidHistory, type Operation, type Outcome } from './history.js'
import { simulate } from './simulate.js'

const call = (operations: readonly Operation[], outcomes?: readonly Outcome[]): Call => ({
  client: 3,
  operations,
  outcomes,
  called: 10,
  returned: 20,
})
const lines = (...calls: Call[]): unknown[] =>
  historyLines(calls)
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line))

const put: Operation = { op: 'put', key: 'b', value: { n: 1 } }
const times = { client: 3, call: 10, return: 20 }
const nothing = { value: null, expected: null }

describe('the lines of a history', () => {
  it('are JSON, in one order of names', () => {
    expect(historyLines([call([put], [undefined])])).toBe(
      '{"client":3,"op":"put","key":"b","value":{"n":1},"expected":null,"out":null,"call":10,"return":20}\n',
    )
    expect(historyLines([])).toBe('')
  })

  it('are one for each operation of a command, at the times of the command, as if by a client each', () => {
    const operations: Operation[] = [
      { op: 'get', key: 'a' },
      { op: 'cas', key: 'a', expected: undefined, value: 1 },
      { op: 'cas', key: 'a', expected: 2, value: undefined },
      { op: 'del', key: 'a' },
      { op: 'get', key: 'b' },
    ]
    expect(lines(call(operations, [undefined, { ok: true }, { ok: false, actual: 1 }, true, 'x']))).toEqual([
      { ...times, op: 'get', key: 'a', ...nothing, out: null },
      { ...times, client: 7, op: 'cas', key: 'a', value: 1, expected: null, out: true },
      { ...times, client: 11, op: 'cas', key: 'a', value: null, expected: 2, out: false },
      { ...times, client: 15, op: 'del', key: 'a', ...nothing, out: true },
      { ...times, client: 19, op: 'get', key: 'b', ...nothing, out: 'x' },
    ])
  })

  it('tell a scan as reads and a clear as deletions of every key of the history in its range', () => {
    const scan: Operation = { op: 'scan', from: 'b', to: undefined }
    const clear: Operation = { op: 'clear', from: '', to: 'c' }
    const other: Operation = { op: 'del', key: 'c' }
    const told = lines(call([put, other, scan, clear], [undefined, false, [['b', { n: 1 }]], ['b']]))
    expect(told.slice(2)).toEqual([
      { ...times, client: 11, op: 'get', key: 'b', ...nothing, out: { n: 1 } },
      { ...times, client: 15, op: 'get', key: 'c', ...nothing, out: null },
      { ...times, client: 19, op: 'del', key: 'b', ...nothing, out: true },
    ])
  })

  it('say where the client never heard back: they return after all else', () => {
    const lost = { ...times, return: 31, out: 'unknown' }
    const told = lines(call([put, { op: 'clear', from: '', to: undefined }]), { ...call([], []), returned: 30 })
    expect(told).toEqual([
      { ...lost, op: 'put', key: 'b', value: { n: 1 }, expected: null },
      { ...lost, client: 7, op: 'del', key: 'b', ...nothing },
    ])
  })

  it.each([1, 2, 3, 4])(
    'of a run, seed %i, do not overlap within a client, and none is unknown: the machines tell',
    (seed) => {
      let calls: readonly Call[] = []
      simulate({
        seed,
        n: 3,
        // Half of all requests, and of all answers, are lost, so that clients give up and go on.
        faults: { ...noFaults, client: { ...noFaults.client, loss: 0.5 } },
        durationMs: 30_000,
        history: (made) => {
          calls = made
        },
      })
      const told = lines(...calls) as { client: number; call: number; return: number; out: unknown }[]
      expect(told.length).toBeGreaterThan(50)
      expect(told.filter(({ out }) => out === 'unknown')).toEqual([])
      const busyUntil = new Map<number, number>()
      for (const line of told) {
        expect(line.call).toBeGreaterThanOrEqual(busyUntil.get(line.client) ?? 0)
        busyUntil.set(line.client, line.return)
      }
    },
  )

  it('are refused where a value is null: they could not tell it from a missing one', () => {
    expect(() => historyLines([call([{ op: 'put', key: 'a', value: null }], [undefined])])).toThrow(InvalidHistory)
    expect(() => historyLines([call([{ op: 'get', key: 'a' }], [null])])).toThrow(InvalidHistory)
  })
})

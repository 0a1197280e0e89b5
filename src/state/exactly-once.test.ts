import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Command, type Proposed, valuesInterfere, write } from '../core/index.js'
import { command, doing, session, sweep } from './arbitraries.js'
import { ExactlyOnce } from './exactly-once.js'
import { encodeRow, type Json } from './json.js'
import type { StateMachine } from './machine.js'
import { replicatedMap } from './map.js'
import type { Outcome } from './sessions.js'
import { fromChunks, InvalidSnapshot, MAX_CHUNK_BYTES, toChunks } from './snapshot.js'

const replica = (): ExactlyOnce => new ExactlyOnce(replicatedMap().create(async () => undefined).machine)

const ids = [0, 1, 2].map((name) => session(name))
/** What sweeps name, be it without right. */
const named = fc.tuple(...ids.map((id) => fc.tuple(fc.constant(id), fc.option(fc.nat(9)))))
const step = fc.record({
  by: fc.nat(2),
  doing,
  unanswered: fc.nat(3),
  /** So many commands back, one comes again. */
  again: fc.option(fc.nat(9)),
  sweeps: fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 10),
  named,
})

/** Commands of three sessions, each in the order in which its client made them, some of them again, and sweeps. */
const history: fc.Arbitrary<readonly Proposed[]> = fc
  .array(step, { minLength: 10, maxLength: 40, size: 'max' })
  .map((steps) => {
    const sequences = [0, 0, 0]
    const made: Command[] = []
    let sweeps = 0
    return steps.flatMap((step) => {
      const sequence = (sequences[step.by] ?? 0) + 1
      let item = step.again === null ? undefined : made.at(-1 - step.again)
      if (item === undefined) {
        sequences[step.by] = sequence
        item = command(session(step.by), sequence, ...step.doing, Math.max(0, sequence - 1 - step.unanswered))
        made.push(item)
      }
      const swept = Array.from({ length: step.sweeps }, () => sweep(sweeps++, ...(step.named as Json[])))
      return [{ kind: 'commands', commands: [item] }, ...swept]
    })
  })

const run = (state: ExactlyOnce, proposed: readonly Proposed[]): Map<Proposed, Outcome | undefined> =>
  new Map(proposed.map((value) => [value, state.execute(value)[0]?.outcome]))

describe('executing exactly once', () => {
  it('comes to the same in every order that keeps the order of what interferes, sweeps and repeats included', () => {
    fc.assert(
      fc.property(history, fc.infiniteStream(fc.nat(1000)), (values, choices) => {
        const one = replica()
        const expected = run(one, values)
        const other = values.slice()
        for (let swaps = 0; swaps < 200 && other.length > 1; swaps++) {
          const at = (choices.next().value as number) % (other.length - 1)
          const [a, b] = other.slice(at, at + 2) as [Proposed, Proposed]
          if (!valuesInterfere(a, b)) other.splice(at, 2, b, a)
        }
        const two = replica()
        const outcomes = run(two, other)
        for (const value of values) expect(outcomes.get(value)).toEqual(expected.get(value))
        expect(two.snapshot()).toEqual(one.snapshot())
      }),
    )
  })

  it('goes on from a snapshot, at any point, as if nothing had been', () => {
    fc.assert(
      fc.property(history, fc.nat(60), (values, cut) => {
        const one = replica()
        run(one, values.slice(0, cut))
        const two = replica()
        two.restore(one.snapshot())
        expect(two.snapshot()).toEqual(one.snapshot())
        expect(two.sweeps).toBe(one.sweeps)
        const rest = values.slice(cut)
        expect([...run(two, rest).values()]).toEqual([...run(one, rest).values()])
        expect(two.snapshot()).toEqual(one.snapshot())
      }),
    )
  })
})

describe('a snapshot', () => {
  const ada = session(0xada)
  const set = (key: string, value: Json, sequence: number): Proposed => ({
    kind: 'commands',
    commands: [command(ada, sequence, [write(key)], ['set', key, value])],
  })

  it('has chunks of a mebibyte at most, also of large values', () => {
    const state = replica()
    for (let i = 1; i <= 3; i++) state.execute(set(`k${i}`, String(i).repeat(1_500_000), i))
    const chunks = state.snapshot()
    expect(chunks).toHaveLength(5)
    expect(Math.max(...chunks.map(({ length }) => length))).toBe(MAX_CHUNK_BYTES)
    const restored = replica()
    restored.restore(chunks)
    expect(Buffer.concat(restored.snapshot()).equals(Buffer.concat(chunks))).toBe(true)
  })

  it('gives a state machine its pieces back as they were', () => {
    const pieces = [new Uint8Array(3), new Uint8Array(), new Uint8Array([1, 2])]
    let restored: readonly Uint8Array[] = []
    const machine: StateMachine = {
      apply: () => undefined,
      snapshot: () => pieces,
      restore: (given) => {
        restored = [...given]
      },
    }
    new ExactlyOnce(machine).restore(new ExactlyOnce(machine).snapshot())
    expect(restored).toEqual(pieces)
  })

  it('is not restored over what was executed', () => {
    const state = replica()
    state.execute(set('k', 1, 1))
    const chunks = state.snapshot()
    expect(() => state.restore(chunks)).toThrow('before anything')
    const other = replica()
    other.restore(chunks)
    expect(() => other.restore(chunks)).toThrow('before anything')
  })

  const refusal = (chunks: readonly Uint8Array[]): string | undefined => {
    try {
      replica().restore(chunks)
      return undefined
    } catch (error) {
      return error instanceof InvalidSnapshot ? error.reason : String(error)
    }
  }
  const ofRows = (...rows: Json[]): readonly Uint8Array[] => toChunks(rows.map(encodeRow))
  const ofTable = (...rows: Json[]): readonly Uint8Array[] => ofRows(['epaxos state', 1, rows.length, 0], ...rows)
  const entries = (...list: Json[]): readonly Uint8Array[] => ofTable([3, 4], [ada, 2, 2, 3, list])

  it('of a later version says so', () => {
    expect(refusal(ofRows(['epaxos state', 2, { anything: 1 }]))).toBe('newer-version')
  })

  it('that no replica has made is refused', () => {
    expect(refusal(entries([3, 'done'], [4, 'done', [1]], [5, 'threw', 'x']))).toBeUndefined()
    const bad = [
      [],
      [new Uint8Array(100).fill(0xff)],
      ofRows(),
      ofRows({}),
      ofRows(['another state', 1, 1, 0], [0, 0]),
      ofRows(['epaxos state', 1, 1, 1], [0, 0]),
      ofRows(['epaxos state', 1, 0, 1], [0, 0]),
      ofRows(['epaxos state', 1, -1, 2], [0, 0]),
      ofRows(['epaxos state', 0, 1, 0], [0, 0]),
      ofTable(),
      ofTable('x'),
      ofTable([1]),
      ofTable([1, -1]),
      ofTable([3, 4], 'x'),
      ofTable([3, 4], ['ada', 0, 0, 0, []]),
      ofTable([3, 4], [ada, 0, 0, 0]),
      ofTable([3, 4], [ada, 0, 0, 0, 1]),
      ofTable([3, 4], [ada, 1, 0, 0, []]),
      ofTable([3, 4], [ada, 0, 0, 4, []]),
      ofTable([3, 4], [session(1, 4), 0, 0, 3, []]),
      ofTable([3, 4], [ada, 0, 0, 0, []], [ada, 0, 0, 0, []]),
      entries('x'),
      entries([3]),
      entries([3, 'maybe']),
      entries([3, 'threw']),
      entries([3, 'threw', 1]),
      entries([3, 'done', 1, 2]),
      entries(['3', 'done']),
      entries([2, 'done']),
      entries([3, 'done'], [3, 'done']),
    ]
    expect(bad.map(refusal)).toEqual(bad.map(() => 'malformed'))
  })

  it('with a byte changed is refused, or is another state: it never breaks anything else', () => {
    const state = replica()
    for (let i = 1; i <= 3; i++) state.execute(set(`k${i}`, { i }, i))
    const [chunk] = state.snapshot() as [Uint8Array]
    fc.assert(
      fc.property(fc.nat(chunk.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = chunk.slice()
        changed[at] = (changed[at] as number) ^ change
        expect([undefined, 'malformed', 'newer-version']).toContain(refusal([changed]))
      }),
    )
    expect(fromChunks([chunk])).toHaveLength(6)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Command, commandsInterfere, MAX_AFTER, type Proposed, valuesInterfere, write } from '../core/index.js'
import { command, doing, session, sweep, Table } from './arbitraries.js'
import { ExactlyOnce } from './exactly-once.js'
import type { Json } from './json.js'
import type { Outcome } from './sessions.js'

const replica = (): ExactlyOnce => new ExactlyOnce(new Table())

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
  keepsOrder: fc.boolean(),
  /** So many steps later than its client made it. */
  late: fc.constantFrom(0, 0, 0, 0, 1, 2, 5),
})

/** Those of a client's earlier commands that this one may say it comes after. */
const before = (one: Command, made: readonly Command[]): readonly number[] =>
  made
    .filter((other) => other.session === one.session && other.spans.some((span) => span.write))
    .filter((other) => commandsInterfere(other, one))
    .map(({ sequence }) => sequence)
    .slice(-MAX_AFTER)

/**
 * Commands of three sessions, mostly in the order in which their clients made them, some of them again, and sweeps; some
 * say what they come after.
 */
const history: fc.Arbitrary<readonly Proposed[]> = fc
  .array(step, { minLength: 10, maxLength: 40, size: 'max' })
  .map((steps) => {
    const sequences = [0, 0, 0]
    const made: Command[] = []
    let sweeps = 0
    const timed = steps.flatMap((step, at) => {
      const sequence = (sequences[step.by] ?? 0) + 1
      let item = step.again === null ? undefined : made.at(-1 - step.again)
      if (item === undefined) {
        sequences[step.by] = sequence
        const acknowledged = Math.max(0, sequence - 1 - step.unanswered)
        const plain = command(session(step.by), sequence, ...step.doing, { acknowledged })
        item = step.keepsOrder ? { ...plain, after: before(plain, made) } : plain
        made.push(item)
      }
      const swept = Array.from({ length: step.sweeps }, () => sweep(sweeps++, ...(step.named as Json[])))
      const values: readonly Proposed[] = [{ kind: 'commands', commands: [item] }, ...swept]
      return values.map((value) => ({ value, at: value.kind === 'commands' ? at + step.late : at }))
    })
    return timed.sort((a, b) => a.at - b.at).map(({ value }) => value)
  })

const run = (state: ExactlyOnce, proposed: readonly Proposed[]): Map<Proposed, Outcome | undefined> =>
  new Map(proposed.map((value) => [value, state.execute(value)[0]?.outcome]))

describe('executing exactly once', () => {
  it('comes to the same in every order that keeps the order of what interferes, sweeps and repeats included', () => {
    const kinds = new Set<string>()
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
        expect([...two.snapshot()]).toEqual([...one.snapshot()])
        for (const outcome of outcomes.values()) if (outcome !== undefined) kinds.add(outcome.kind)
      }),
    )
    expect([...kinds].sort()).toEqual(['acknowledged', 'done', 'early', 'expired', 'threw'])
  })

  it('executes none before those that it comes after, unless its client has said that it has their answers', () => {
    fc.assert(
      fc.property(history, (values) => {
        const state = replica()
        const executed = new Set<string>()
        const answered = new Map<string, number>()
        for (const value of values) {
          for (const { command, outcome } of state.execute(value)) {
            const { session, sequence, after } = command
            const upTo = Math.max(answered.get(session) ?? 0, command.acknowledged)
            answered.set(session, upTo)
            if (outcome.kind !== 'done' && outcome.kind !== 'threw') continue
            const missing = after.filter((earlier) => earlier > upTo && !executed.has(`${session} ${earlier}`))
            expect(missing).toEqual([])
            executed.add(`${session} ${sequence}`)
          }
        }
      }),
    )
  })

  it('goes on from a snapshot, at any point and whatever was there, as if nothing had been', () => {
    fc.assert(
      fc.property(history, history, fc.nat(60), (values, others, cut) => {
        const one = replica()
        run(one, values.slice(0, cut))
        const two = replica()
        run(two, others)
        two.restore([...one.snapshot()], 1)
        expect([...two.snapshot()]).toEqual([...one.snapshot()])
        expect(two.sweeps).toBe(one.sweeps)
        const rest = values.slice(cut)
        expect([...run(two, rest).values()]).toEqual([...run(one, rest).values()])
        expect([...two.snapshot()]).toEqual([...one.snapshot()])
      }),
    )
  })

  it('leaves a snapshot as it was when it was asked for', () => {
    fc.assert(
      fc.property(history, fc.nat(60), (values, cut) => {
        const state = replica()
        run(state, values.slice(0, cut))
        const expected = [...state.snapshot()]
        const frozen = state.snapshot()
        run(state, values.slice(cut))
        expect([...frozen]).toEqual(expected)
      }),
    )
  })

  it('takes no notice of a seal', () => {
    const state = replica()
    state.execute({ kind: 'commands', commands: [command(session(1), 1, [write('k')], ['set', 'k', 1])] })
    const before = [...state.snapshot()]
    const next = { number: 1, voters: ['a'], wireVersion: 1, stateVersion: 2 }
    expect(state.execute({ kind: 'seal', next })).toEqual([])
    expect([...state.snapshot()]).toEqual(before)
    expect(state.stateVersion).toBe(1)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Command, type Proposed, valuesInterfere, write } from '../core/index.js'
import { command, doing, session, sweep } from './arbitraries.js'
import { ExactlyOnce } from './exactly-once.js'
import type { Json } from './json.js'
import { replicatedMap } from './map.js'
import type { Outcome } from './sessions.js'

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
        expect([...two.snapshot()]).toEqual([...one.snapshot()])
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

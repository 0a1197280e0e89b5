import { describe, expect, it } from 'vitest'
import { type Span, write, writeRange } from '../core/index.js'
import { encodeCall } from './call.js'
import { defineState } from './define-state.js'
import type { Json } from './json.js'
import type { Proposal, StateMachine } from './machine.js'
import type { Result, Tx } from './mutator.js'
import { counter } from './parts/counter.js'
import { rehearse } from './rehearse.js'
import { InvalidArguments, NotDeterministic, UndeclaredKey, UnknownMutator } from './state-errors.js'

/** Outside of the state: what no mutator should look at. */
let outside = 0

const all: readonly Span[] = [writeRange('a', 'z'), write('z')]
const mutator = (run: (tx: Tx) => Result) => ({ touches: () => all, run })

const state = defineState({
  version: 2,
  mutators: {
    honest: mutator((tx) => {
      tx.set('b', [tx.now, tx.random(), tx.random(), tx.author])
      return { ok: true }
    }),
    writes: mutator((tx) => {
      tx.set('a', 1)
      tx.set('b', outside++)
    }),
    atTheEnd: mutator((tx) => tx.set('z', outside++)),
    sometimes: mutator((tx) => {
      outside++
      if (outside % 2 === 0) tx.set('c', 1)
    }),
    returns: mutator(() => ({ at: outside++ })),
    throws: mutator(() => {
      throw new Error(`for the ${outside++}. time`)
    }),
    throwsOnce: mutator(() => {
      outside++
      if (outside % 2 === 0) throw new Error('not this time')
    }),
    throwsOddly: mutator(() => {
      outside++
      if (outside % 2 === 0) throw Object.create(null)
    }),
    fails: mutator(() => {
      throw new Error('always')
    }),
    goesOn: mutator(() => Promise.resolve(1) as unknown as number),
    fresh: { since: 2, ...mutator(() => 1) },
    tells: mutator((tx) => tx.set('a', outside)),
    strays: mutator((tx) => tx.set('zz', 1)),
    straysAndCatches: mutator((tx) => {
      try {
        tx.set('zz', 1)
      } catch {
        // As if nothing were wrong.
      }
    }),
  },
  parts: { hits: counter('b') },
  migrations: { 2: () => {} },
})

const called = (name: string, args?: Json): Proposal => ({
  spans: all,
  payload: encodeCall({ name, args, circumstances: { now: 1, seed: 1, author: 'Ada' } }),
})

const rehearsed =
  (name: string, { twice = true, args }: { twice?: boolean; args?: Json } = {}): (() => void) =>
  () =>
    rehearse(state.create(), called(name, args), { name, twice })

describe('a rehearsal', () => {
  it('changes nothing', () => {
    const machine = state.create()
    const before = machine.value
    rehearse(machine, called('honest'), { name: 'honest', twice: true })
    expect(machine.value).toBe(before)
    expect(machine.digest?.()).toEqual(state.create().digest?.())
  })

  it.each(['strays', 'straysAndCatches'])('throws what is wrong with what a mutator declares: %s', (name) => {
    expect(rehearsed(name, { twice: false })).toThrow(UndeclaredKey)
    expect(rehearsed(name)).toThrow(UndeclaredKey)
  })

  it('throws what is wrong with arguments', () => {
    expect(rehearsed('hits.add', { twice: false, args: { by: 'many' } })).toThrow(InvalidArguments)
  })

  it('throws where the mutator goes on after it has returned', () => {
    expect(rehearsed('goesOn', { twice: false })).toThrow(/the mutator "goesOn" is asynchronous/)
  })

  it('throws where the group executes a version that the mutator has come after, and says who holds it there', () => {
    const machine = state.create()
    machine.restore([], 1)
    const rehearsal = (): void => rehearse(machine, called('fresh'), { name: 'fresh', twice: true })
    expect(rehearsal).toThrow(UnknownMutator)
    expect(rehearsal).toThrow(/members with an older program hold the group at version 1/)
    expect(rehearsed('fresh')).not.toThrow()
  })

  it('ignores what else it throws: the state may be another one by then', () => {
    expect(rehearsed('fails', { twice: false })).not.toThrow()
    expect(rehearsed('fails')).not.toThrow()
  })

  it('runs it once where it is not asked to compare', () => {
    outside = 0
    rehearsed('writes', { twice: false })()
    expect(outside).toBe(1)
  })
})

describe('two runs', () => {
  it('are the same for a mutator that takes time and chance from its transaction', () => {
    expect(rehearsed('honest')).not.toThrow()
  })

  it.each([
    ['writes', 'what they leave under the key "b"'],
    ['atTheEnd', 'what they leave under the key "z"'],
    ['sometimes', 'what they leave under the key "c"'],
    ['returns', 'their results'],
    ['throws', 'what they throw: for the 0. time, and for the 1. time'],
    ['throwsOnce', 'what they throw: nothing, and not this time'],
    ['throwsOddly', 'what they throw: nothing, and what was thrown has no text'],
  ])('give away a mutator that is not deterministic, and how: %s', (name, difference) => {
    outside = 0
    let thrown: unknown
    try {
      rehearsed(name)()
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(NotDeterministic)
    expect(thrown).toMatchObject({ mutator: name, difference })
  })

  it('give away one that looks at a clock, where the clock goes on between the two', () => {
    const rehearsal = (between: () => void): (() => void) => {
      return () => rehearse(state.create(), called('tells'), { name: 'tells', twice: true, between })
    }
    expect(rehearsal(() => {})).not.toThrow()
    expect(rehearsal(() => outside++)).toThrow(NotDeterministic)
  })

  it('are compared key by key where a machine has no digest', () => {
    const machine = state.create()
    const without = (of: StateMachine): StateMachine =>
      Object.assign(Object.create(of), {
        digest: undefined,
        fork: () => without(of.fork()),
        apply: (each: Proposal) => of.apply(each),
        reading: (spans: readonly Span[]) => of.reading(spans),
      })
    expect(() => rehearse(without(machine), called('honest'), { name: 'honest', twice: true })).not.toThrow()
    expect(() => rehearse(without(machine), called('writes'), { name: 'writes', twice: true })).toThrow('"b"')
  })
})

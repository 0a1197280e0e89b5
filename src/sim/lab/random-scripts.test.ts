import fc, { type Arbitrary } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Message, read, readRange, write, writeRange } from '../../core/index.js'
import type { LabAction, LabSetup, LabStep } from './contract.js'
import { LabRefused } from './refused.js'
import { LabWorld } from './world.js'

const anybody = fc.constantFrom(0, 0, 1, 1, 2, 2, 3, 4)
const spans = fc.constantFrom(
  [write('k')],
  [write('k')],
  [write('a')],
  [read('k')],
  [write('a'), write('k')],
  [readRange('a', 'z')],
  [writeRange('b')],
)
const mail = fc.record({
  kind: fc.constantFrom<Message['kind']>('pre-accept', 'pre-accept-ok', 'accept', 'accept-ok', 'commit', 'recover-ok'),
  from: anybody,
  to: anybody,
})
const voters = fc.uniqueArray(anybody, { minLength: 2, maxLength: 5 })
const ofKind = <K extends LabAction['kind']>(...kinds: readonly K[]): Arbitrary<K> => fc.constantFrom(...kinds)
const someAction: Arbitrary<LabAction> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({ kind: ofKind('propose'), replica: anybody, name: fc.constantFrom('a', 'b', 'c'), spans }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: ofKind('burst'),
      replicas: fc.uniqueArray(anybody, { minLength: 1 }),
      count: fc.integer({ min: 1, max: 12 }),
      everyMs: fc.integer({ min: 1, max: 40 }),
      interference: fc.constantFrom(0, 0.5, 1),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: ofKind('crash', 'restart', 'restart', 'hide', 'show'), replica: anybody }),
  },
  {
    weight: 1,
    arbitrary: fc.nat(3).map((at) => ({ kind: 'cut', sides: [[0, 1, 2].slice(0, at), [0, 1, 2].slice(at)] }) as const),
  },
  { weight: 2, arbitrary: fc.record({ kind: ofKind('heal') }) },
  { weight: 2, arbitrary: fc.record({ kind: ofKind('join'), replica: fc.nat(5), city: fc.constant(undefined) }) },
  { weight: 2, arbitrary: fc.record({ kind: ofKind('seal'), replica: anybody, voters }) },
  { weight: 6, arbitrary: fc.record({ kind: ofKind('drop', 'deliver'), mail }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: ofKind('delay', 'repeat'), mail, byMs: fc.integer({ min: 0, max: 3000 }) }),
  },
)
/** Most come close together. */
const someSteps: Arbitrary<LabStep[]> = fc
  .array(fc.record({ gapMs: fc.constantFrom(0, 5, 20, 30, 60, 100, 300, 1000), action: someAction }), {
    minLength: 15,
    maxLength: 30,
    size: 'max',
  })
  .map((steps) => {
    let atMs = 0
    return steps.map(({ gapMs, action }) => {
      atMs += gapMs
      return { atMs, action }
    })
  })
const someSetup: Arbitrary<LabSetup> = fc.record({
  seed: fc.nat(),
  voters: fc.integer({ min: 2, max: 5 }),
  net: fc.constantFrom<LabSetup['net']>({ kind: 'even', delayMs: 10 }, { kind: 'even', delayMs: 90 }),
  jitter: fc.constantFrom(0, 0.5),
  writeMs: fc.constantFrom(0, 2, 15),
  thrifty: fc.boolean(),
})

/** What can't be done at its time is left out. */
const played = (its: LabSetup, steps: readonly LabStep[], moreMs: number): LabWorld => {
  const world = new LabWorld(its)
  for (const { atMs, action } of steps) {
    world.runUntil(atMs)
    try {
      world.act(action)
    } catch (error) {
      if (!(error instanceof LabRefused)) throw error
    }
  }
  world.runUntil(world.nowMs + moreMs)
  return world
}

/** All that a chronicle tells of the time until then. */
const toldUntil = ({ chronicle }: LabWorld, ms: number): string => {
  const { flights, happenings, deeds, epochs } = chronicle
  const past = (atMs: number): boolean => atMs <= ms
  return JSON.stringify([
    flights
      .filter(({ sentMs }) => past(sentMs))
      .map((one) => (past(one.lostMs ?? one.endMs) ? one : { ...one, endMs: 0, fate: '', lostMs: undefined })),
    happenings.filter(({ atMs }) => past(atMs)),
    deeds.filter(({ proposedMs }) => past(proposedMs)).map(({ name, replica }) => [name, replica]),
    epochs
      .filter(({ fromMs }) => past(fromMs))
      .map(({ number }) => [number, chronicle.rows('all', number, ms, 20), chronicle.rows(1, number, ms, 20)]),
    chronicle.members(ms),
    chronicle.lag(ms),
  ])
}

describe('a random script', () => {
  it('breaks no rule and stops no replica', () => {
    fc.assert(
      fc.property(someSetup, someSteps, (its, steps) => {
        const world = played(its, steps, 3000)
        expect(world.findings).toEqual([])
        expect(world.chronicle.happenings.filter(({ kind }) => kind === 'stopped')).toEqual([])
      }),
      { numRuns: 200 },
    )
  })

  it('ends with everything executed everywhere, once everybody is back', () => {
    fc.assert(
      fc.property(someSetup, someSteps, (its, steps) => {
        const world = played(its, steps, 0)
        if (world.chronicle.cuts.some(({ untilMs }) => untilMs === undefined)) world.act({ kind: 'heal' })
        for (const { replica, state } of world.chronicle.members(world.nowMs)) {
          if (state === 'down') world.act({ kind: 'restart', replica })
          if (state === 'hidden') world.act({ kind: 'show', replica })
        }
        world.runUntil(world.nowMs + 30_000)
        const members = world.chronicle.members(world.nowMs)
        expect(new Set(members.map(({ executed, epoch }) => `${executed} in ${epoch}`)).size).toBe(1)
        expect(world.chronicle.lag(world.nowMs)).toBe(0)
        expect(world.linearizable()).not.toBe('no')
        expect(world.findings).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  it('gives the same chronicle every time, however the run is divided', () => {
    fc.assert(
      fc.property(someSetup, someSteps, (its, steps) => {
        const whole = played(its, steps, 1000)
        const divided = played(its, steps, 0)
        while (divided.nowMs < whole.nowMs) divided.runUntil(Math.min(whole.nowMs, divided.nowMs + 33.3333))
        expect(toldUntil(divided, whole.nowMs)).toBe(toldUntil(whole, whole.nowMs))
      }),
      { numRuns: 30 },
    )
  })

  it('tells the same of all that comes before a step, with it or without', () => {
    fc.assert(
      fc.property(someSetup, someSteps, someAction, fc.nat(100), (its, steps, action, n) => {
        const atMs = n * 50 + 25
        const more = [...steps, { atMs, action }].sort((a, b) => a.atMs - b.atMs)
        const before = atMs - 0.001
        expect(toldUntil(played(its, more, 5000), before)).toBe(toldUntil(played(its, steps, 5000), before))
      }),
      { numRuns: 30 },
    )
  })
})

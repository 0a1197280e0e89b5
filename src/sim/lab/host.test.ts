import { expect, it } from 'vitest'
import type { Happening, LabAction, LabSetup } from './contract.js'
import { propose, refusal } from './stage.js'
import { LabWorld } from './world.js'

const setup: LabSetup = {
  seed: 7,
  voters: 3,
  net: { kind: 'even', delayMs: 20 },
  jitter: 0,
  writeMs: 2,
  thrifty: false,
}

const started = (changes: Partial<LabSetup> = {}): LabWorld => {
  const world = new LabWorld({ ...setup, ...changes })
  world.runUntil(1000)
  return world
}

/** At this time, then on to that. */
const act = (world: LabWorld, action: LabAction, untilMs: number = world.nowMs): void => {
  world.act(action)
  world.runUntil(untilMs)
}

const stateOf = ({ chronicle, nowMs }: LabWorld, replica: number): string =>
  chronicle
    .members(nowMs)
    .filter((one) => one.replica === replica)
    .map(({ state, role, epoch }) => `${state} ${role} ${epoch}`)
    .join()

const count = ({ chronicle }: LabWorld, kind: Happening['kind'], replica: number): number =>
  chronicle.happenings.filter((one) => one.kind === kind && one.replica === replica).length

const snapshotsTo = ({ chronicle }: LabWorld, replica: number): readonly unknown[] =>
  chronicle.flights.filter(({ kind, to }) => kind === 'snapshot' && to === replica).map(({ sentMs }) => sentMs)

/** How often one member gossips to another from one moment to before the next. */
const gossips = ({ chronicle }: LabWorld, fromMs: number, untilMs: number): number =>
  chronicle.flights.filter(
    ({ kind, from, to, sentMs }) =>
      kind === 'frontier' && from === 1 && to === 0 && sentMs >= fromMs && sentMs < untilMs,
  ).length

it('a newcomer that crashes while it waits for a snapshot waits for one when it is back', () => {
  const world = started()
  act(world, { kind: 'join', replica: 3, city: undefined }, 1010)
  act(world, { kind: 'crash', replica: 3 }, 1500)
  act(world, { kind: 'restart', replica: 3 })
  expect(stateOf(world, 3)).toBe('up joining 0')
  expect(refusal(() => world.act(propose(3, 'a')))).toContain('R3 waits for a snapshot')
  world.runUntil(1600)
  expect([stateOf(world, 3), count(world, 'installed', 3)]).toEqual(['up observer 0', 1])
})

it('a newcomer whose snapshot is durable starts again from that, and asks for no other', () => {
  const world = started()
  act(world, { kind: 'join', replica: 3, city: undefined }, 1500)
  act(world, { kind: 'crash', replica: 3 }, 1600)
  act(world, { kind: 'restart', replica: 3 })
  expect(stateOf(world, 3)).toBe('up observer 0')
  world.runUntil(5000)
  expect([snapshotsTo(world, 3).length, count(world, 'installed', 3)]).toEqual([1, 1])
})

it('a hidden member has its timer once a second, and its usual one again when it is shown', () => {
  const world = started()
  world.runUntil(5000)
  act(world, { kind: 'hide', replica: 1 }, 9500)
  act(world, { kind: 'show', replica: 1 }, 14_000)
  expect([gossips(world, 1000, 5000), gossips(world, 5500, 9500), gossips(world, 10_000, 14_000)]).toEqual([8, 4, 8])
})

it('a member that is lost asks for a snapshot once, though it comes from afar', () => {
  const world = started({ net: { kind: 'even', delayMs: 300 } })
  act(world, { kind: 'crash', replica: 2 }, 1100)
  act(world, { kind: 'seal', replica: 0, voters: [0, 1] }, 20_000)
  act(world, { kind: 'restart', replica: 2 }, 30_000)
  expect([snapshotsTo(world, 2).length, count(world, 'installed', 2)]).toEqual([1, 1])
})

it('a voter that asks a member whose start of its epoch is not durable yet waits for it, and gets none of an older epoch', () => {
  const world = started({ writeMs: 1000 })
  act(world, { kind: 'crash', replica: 2 })
  for (const untilMs of [8000, 16_900, 20_000]) act(world, { kind: 'seal', replica: 0, voters: [0, 1, 2] }, untilMs)
  // R0 and R1 have entered epoch 3, and are writing it down until 20 940.
  expect(stateOf(world, 0)).toBe('up voter 3')
  act(world, { kind: 'restart', replica: 2 }, 20_900)
  expect(snapshotsTo(world, 2)).toEqual([])
  world.runUntil(22_000)
  expect([snapshotsTo(world, 2).length, stateOf(world, 2)]).toEqual([1, 'up voter 3'])
})

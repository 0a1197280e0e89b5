import { expect, it } from 'vitest'
import type { InstanceId } from '../../core/index.js'
import type { LabSetup, MailName } from './contract.js'
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

const first: InstanceId = { slot: 0, number: 1 }

const mail: MailName = { kind: 'pre-accept', of: first, from: 0, to: 1 }

/** R0 has sent its proposal to R1 and R2, and nothing else is on its way. */
const underWay = (): LabWorld => {
  const world = new LabWorld(setup)
  world.runUntil(1000)
  world.act(propose(0, 'a'))
  world.runUntil(1010)
  return world
}

it.each<[string, Partial<MailName>, string]>([
  ['another kind', { kind: 'commit' }, 'a commit of 0.1 from R0 to R1'],
  ['another number', { of: { slot: 0, number: 2 } }, 'a pre-accept of 0.2 from R0 to R1'],
  ['another slot', { of: { slot: 1, number: 1 } }, 'a pre-accept of 1.1 from R0 to R1'],
  ['another sender', { from: 2 }, 'a pre-accept of 0.1 from R2 to R1'],
  ['another receiver', { to: 0 }, 'a pre-accept of 0.1 from R0 to R0'],
])('mail named with %s than what is on its way is refused, and nothing is touched', (_, other, named) => {
  const world = underWay()
  expect(refusal(() => world.act({ kind: 'drop', mail: { ...mail, ...other } }))).toBe(`${named} is not on its way now`)
  expect(refusal(() => world.act({ kind: 'drop', mail }))).toBe('nothing')
})

it('mail named without an instance is the oldest of its kind on its way', () => {
  const world = underWay()
  world.act({ kind: 'drop', mail: { kind: 'pre-accept', from: 0, to: 1 } })
  const lost = world.chronicle.flights.filter(({ fate }) => fate === 'lost')
  expect(lost).toMatchObject([{ kind: 'pre-accept', from: 0, to: 1, instance: first }])
})

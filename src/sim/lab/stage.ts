import { write } from '../../core/index.js'
import type { LabAction, LabSetup } from './contract.js'
import { LabRefused } from './refused.js'
import { InvalidScript } from './script.js'
import type { LabSession } from './session.js'

/** Test equipment: a small run, and what is looked at of it. */

export const setup: LabSetup = {
  seed: 7,
  voters: 3,
  net: { kind: 'even', delayMs: 40 },
  jitter: 0.1,
  writeMs: 2,
  thrifty: false,
}

export const propose = (replica: number, name: string, key = 'k'): LabAction => ({
  kind: 'propose',
  replica,
  name,
  spans: [write(key)],
})

/** All that can be seen at the moment that is looked at. */
export const picture = ({ world: { chronicle, findings }, positionMs, current }: LabSession): unknown => ({
  positionMs,
  current,
  rows: chronicle.epochs.map(({ number }) => chronicle.rows('all', number, positionMs, 100)),
  members: chronicle.members(positionMs),
  flights: chronicle.flights,
  happenings: chronicle.happenings,
  deeds: chronicle.deeds,
  cuts: chronicle.cuts,
  findings,
})

export const names = (session: LabSession): string[] => session.world.chronicle.deeds.map(({ name }) => name)

export const refusal = (action: () => void): string => {
  try {
    action()
  } catch (error) {
    if (error instanceof LabRefused || error instanceof InvalidScript) return error.message
    throw error
  }
  return 'nothing'
}

import type { Batch, Command, Span, Sweep } from '../../core/index.js'

/** Test equipment: the least that a checker can be shown. */

export const command = (sequence: number, ...spans: Span[]): Command => ({
  spans,
  payload: new Uint8Array(),
  session: '0'.repeat(32),
  sequence,
  acknowledged: 0,
})

export const batch = (...commands: Command[]): Batch => ({
  kind: 'commands',
  commands,
})

export const SWEEP: Sweep = { kind: 'sweep', payload: new Uint8Array() }

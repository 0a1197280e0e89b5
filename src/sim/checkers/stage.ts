import type { Batch, Command, Span, Sweep } from '../../core/index.js'
import { encodeJson } from '../../state/index.js'

/** Test equipment: the least that a checker can be shown. */

export const command = (sequence: number, ...spans: Span[]): Command => ({
  spans,
  // As the call of that number.
  payload: encodeJson(['', [], 0, sequence, '']),
  session: '0'.repeat(32),
  sequence,
  acknowledged: 0,
  after: [],
})

export const batch = (...commands: Command[]): Batch => ({
  kind: 'commands',
  commands,
})

export const SWEEP: Sweep = { kind: 'sweep', payload: new Uint8Array() }

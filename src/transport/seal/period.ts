import type { Address } from '../../wire/index.js'
import type { KeyRing } from './contract.js'
import { CAST } from './frames.js'
import { KeySchedule } from './key-schedule.js'
import { type Nonce, newNonce, type RandomBytes } from './nonce.js'
import { OutgoingStream } from './streams.js'

/** What a link makes of the group's secret for as long as it is the current one. */
export interface Period {
  readonly schedule: KeySchedule
  /** What this link says to everyone. */
  readonly casts: { readonly nonce: Nonce; readonly stream: OutgoingStream }
}

export const newPeriod = (subtle: SubtleCrypto, random: RandomBytes, ring: KeyRing, self: Address): Period => {
  const schedule = new KeySchedule(subtle, ring.group, ring.current)
  const nonce = newNonce(random)
  const stream = new OutgoingStream(subtle, CAST, schedule.number, schedule.cast(self, nonce))
  return { schedule, casts: { nonce, stream } }
}

import type { AnyState } from '../state/index.js'
import type { RoomOptions } from './contract.js'

/** What may wait for an answer, unless the room's options say otherwise: a day of somebody's work without a network. */
const MAX_PROPOSALS = 1000
const MAX_BYTES: number = 16 << 20

export const queueBounds = ({
  queue,
}: RoomOptions<AnyState>): { readonly maxProposals: number; readonly maxBytes: number } => ({
  maxProposals: queue?.proposals ?? MAX_PROPOSALS,
  maxBytes: queue?.bytes ?? MAX_BYTES,
})

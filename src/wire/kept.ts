import type { KeptProposal } from '../member/index.js'
import { fromBytes, optional, record, ruled, toBytes } from './codec.js'
import { payload } from './command.js'
import { LARGEST_PACKET_BYTES, MAX_PACKET_ITEMS } from './limits.js'
import { checkPlace, place } from './place.js'
import { id } from './scalar.js'
import { spans } from './span.js'

const proposal = record<KeptProposal>({ id, spans, payload, place: optional(ruled(record(place), checkPlace)) })

// What fits in a packet of its own is what any other member could be sent.
const limits = { bytes: LARGEST_PACKET_BYTES, items: MAX_PACKET_ITEMS }

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeProposal = (it: KeptProposal): Uint8Array<ArrayBuffer> => toBytes(proposal, it, limits)

/** What `encodeProposal` wrote; nothing in it shares memory with `bytes`. Throws a `WireError`. */
export const decodeProposal = (bytes: Uint8Array): KeptProposal => fromBytes(proposal, bytes, limits)

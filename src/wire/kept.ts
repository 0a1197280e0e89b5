import type { KeptProposal } from '../member/index.js'
import { fromCbor, toCbor } from './cbor.js'
import { optional, record, ruled } from './codec.js'
import { LARGEST_PACKET_BYTES, MAX_PACKET_ITEMS } from './limits.js'
import { id } from './scalar.js'
import { checkPlace, payload, place, spans } from './value.js'

const proposal = record<KeptProposal>({ id, spans, payload, place: optional(ruled(record(place), checkPlace)) })

// What fits in a packet of its own is what any other member could be sent.
const limits = { bytes: LARGEST_PACKET_BYTES, items: MAX_PACKET_ITEMS }

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeProposal = (it: KeptProposal): Uint8Array<ArrayBuffer> => toCbor(proposal.encode(it), limits)

/** What `encodeProposal` wrote; nothing in it shares memory with `bytes`. Throws a `WireError`. */
export const decodeProposal = (bytes: Uint8Array): KeptProposal => proposal.decode(fromCbor(bytes, limits))

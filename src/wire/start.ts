import type { KnownLife, Start } from '../member/index.js'
import { fromCbor, toCbor } from './cbor.js'
import { type Codec, list, record } from './codec.js'
import { MAX_BATCHES, MAX_KNOWN_LIVES, MAX_PACKET_BYTES, MAX_PACKET_ITEMS } from './limits.js'
import { id, integer } from './scalar.js'
import { incarnation } from './value.js'

export const start: Codec<Start> = record<Start>({ count: incarnation, nonce: id })
export const batches: Codec<number> = integer(0, MAX_BATCHES)

const lives = list(record<KnownLife>({ replica: id, start, batches }), 0, MAX_KNOWN_LIVES)
const limits = { bytes: MAX_PACKET_BYTES, items: MAX_PACKET_ITEMS }

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeStart = (it: Start): Uint8Array<ArrayBuffer> => toCbor(start.encode(it), limits)

/** What `encodeStart` wrote. Throws a `WireError`. */
export const decodeStart = (bytes: Uint8Array): Start => start.decode(fromCbor(bytes, limits))

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeLives = (it: readonly KnownLife[]): Uint8Array<ArrayBuffer> => toCbor(lives.encode(it), limits)

/** What `encodeLives` wrote. Throws a `WireError`. */
export const decodeLives = (bytes: Uint8Array): readonly KnownLife[] => lives.decode(fromCbor(bytes, limits))

import type { GroupId, Message } from '../core/index.js'
import { fromCbor, toCbor } from './cbor.js'
import { list, optional, variants } from './codec.js'
import { shown, WireError } from './error.js'
import { MAX_MESSAGES_PER_PACKET, MAX_PACKET_BYTES, MAX_PACKET_ITEMS } from './limits.js'
import { type Membership, membership } from './membership.js'
import { message } from './message.js'
import { id } from './scalar.js'
import { incarnation } from './value.js'

/** What two replicas exchange: everything one has to say to the other in one turn. */
export type Packet =
  | {
      readonly kind: 'messages'
      readonly group: GroupId
      /** How often its sender was started, this start included. */
      readonly incarnation: number
      /** At least one. */
      readonly messages: readonly Message[]
    }
  /** The first word to a peer: which life of the sender this is, and where it belongs; undefined: nowhere yet. */
  | {
      readonly kind: 'greeting'
      readonly incarnation: number
      readonly membership: Membership | undefined
    }

/** Raised with every change of what packets look like; a reader refuses all others. */
const WIRE_VERSION = 1

const packet = variants<Packet>({
  messages: [0, { group: id, incarnation, messages: list(message, 1, MAX_MESSAGES_PER_PACKET) }],
  greeting: [1, { incarnation, membership: optional(membership) }],
})

/**
 * A packet as bytes in a buffer of their own. Throws a `WireError` when a value breaks a limit or the whole
 * exceeds `maxBytes`: raise that to at most `LARGEST_PACKET_BYTES`, at every member alike.
 */
export const encodePacket = (it: Packet, maxBytes: number = MAX_PACKET_BYTES): Uint8Array<ArrayBuffer> =>
  toCbor([WIRE_VERSION, packet.encode(it)], { bytes: maxBytes, items: MAX_PACKET_ITEMS })

/**
 * The packet that bytes from anywhere hold, checked field by field; nothing in it shares memory with
 * `bytes`. Throws a `WireError`, and never anything else, for bytes that are no packet.
 */
export const decodePacket = (bytes: Uint8Array, maxBytes: number = MAX_PACKET_BYTES): Packet => {
  const raw = fromCbor(bytes, { bytes: maxBytes, items: MAX_PACKET_ITEMS })
  if (!Array.isArray(raw)) throw new WireError('shape', `${shown(raw)} is not a packet`)
  if (raw[0] !== WIRE_VERSION) {
    throw new WireError('version', `wire version ${shown(raw[0])}, but this program speaks ${WIRE_VERSION}`)
  }
  if (raw.length !== 2) throw new WireError('shape', `${shown(raw)} is not a packet`)
  return packet.decode(raw[1])
}

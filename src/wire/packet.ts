import type { GroupId, Message } from '../core/index.js'
import type { Introduction, Start } from '../member/index.js'
import { fromCbor, toCbor } from './cbor.js'
import { list, optional, ruled, variants } from './codec.js'
import { shown, WireError } from './error.js'
import { MAX_MESSAGES_PER_PACKET, MAX_PACKET_BYTES, MAX_PACKET_ITEMS } from './limits.js'
import { type Membership, membership } from './membership.js'
import { message } from './message.js'
import { flag, id } from './scalar.js'
import { batches, checkIntroduction, earlier, start } from './start.js'
import { incarnation } from './value.js'

/** What two replicas exchange: everything one has to say to the other in one turn. */
export type Packet =
  | {
      readonly kind: 'messages'
      readonly group: GroupId
      /** How often its sender was started, this start included. */
      readonly incarnation: number
      /** Batches of records that the sender's storage holds, at least: what the messages rely on is among them. */
      readonly batches: number
      /** At least one. */
      readonly messages: readonly Message[]
    }
  | Greeting
  /** The receiver must not vote: its starts do not follow the one that is known, or what was promised in it is lost. */
  | {
      readonly kind: 'refused'
      readonly group: GroupId
      readonly incarnation: number
      /** The receiver's start that is refused. */
      readonly refused: Start
      /** The start that is known instead. */
      readonly known: Start
    }

/** The first word to a peer: which life of the sender this is, and where it belongs; undefined: nowhere yet. */
export interface Greeting extends Introduction {
  readonly kind: 'greeting'
  readonly membership: Membership | undefined
  /** It answers the receiver's own greeting, which has arrived; one that is no answer asks for one. */
  readonly answer: boolean
}

/** Raised with every change of what packets look like; a reader refuses all others. */
const WIRE_VERSION = 3

const packet = ruled(
  variants<Packet>({
    messages: [0, { group: id, incarnation, batches, messages: list(message, 1, MAX_MESSAGES_PER_PACKET) }],
    greeting: [1, { start, earlier, membership: optional(membership), answer: flag }],
    refused: [2, { group: id, incarnation, refused: start, known: start }],
  }),
  (it) => {
    if (it.kind === 'greeting') checkIntroduction(it)
  },
)

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

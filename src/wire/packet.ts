import type { Configuration, GroupId } from '../core/index.js'
import type { Introduction, MemberMessage, Standing, Start } from '../member/index.js'
import { type Codec, expectItems, fromBytes, list, optional, ruled, toBytes, variants } from './codec.js'
import { configuration } from './configuration.js'
import { WireError } from './error.js'
import { MAX_MESSAGES_PER_PACKET, MAX_PACKET_BYTES, MAX_PACKET_ITEMS, WIRE_VERSION } from './limits.js'
import { message } from './message.js'
import { type PresenceEntry, presence } from './presence.js'
import { flag, id } from './scalar.js'
import { standing } from './standing.js'
import { batches, checkIntroduction, earlier, incarnation, start } from './start.js'

/** What two members exchange: everything one has to say to the other in one turn. */
export type Packet =
  | {
      readonly kind: 'messages'
      readonly group: GroupId
      /** How often its sender was started, this start included. */
      readonly incarnation: number
      /** Batches of records that the sender's storage holds, at least: what the messages rely on is among them. */
      readonly batches: number
      /** At least one. */
      readonly messages: readonly MemberMessage[]
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
  | {
      readonly kind: 'presence'
      readonly group: GroupId
      readonly incarnation: number
      /** All that its sender's tabs show now: what it has told before and does not tell again is gone. */
      readonly entries: readonly PresenceEntry[]
    }

/** The first word to a peer: which life of the sender this is, and how it stands in the group. */
export interface Greeting extends Introduction {
  readonly kind: 'greeting'
  readonly group: GroupId
  /** The epoch whose state it has; undefined: it has none yet, and joins. */
  readonly configuration: Configuration | undefined
  readonly standing: Standing
  /** It answers the receiver's own greeting, which has arrived; one that is no answer asks for one. */
  readonly answer: boolean
}

const packet = ruled(
  variants<Packet>({
    messages: [0, { group: id, incarnation, batches, messages: list(message, 1, MAX_MESSAGES_PER_PACKET) }],
    greeting: [1, { start, earlier, group: id, configuration: optional(configuration), standing, answer: flag }],
    refused: [2, { group: id, incarnation, refused: start, known: start }],
    presence: [3, { group: id, incarnation, entries: presence }],
  }),
  (it) => {
    if (it.kind === 'greeting') checkIntroduction(it)
  },
)

/** In every version a packet is an array of two, the first of which is the version. */
const versioned: Codec<Packet> = {
  write(to, it) {
    to.array(2)
    to.integer(WIRE_VERSION)
    packet.write(to, it)
  },
  read(from) {
    expectItems(from.array(), 2)
    // It may be written longer than it needs to be, and no packet of ours is.
    if (from.integer() !== WIRE_VERSION) throw new WireError('shape', 'this is no version of a packet')
    return packet.read(from)
  },
}

/**
 * A packet as bytes in a buffer of their own. Throws a `WireError` when a value breaks a limit or the whole
 * exceeds `maxBytes`: raise that to at most `LARGEST_PACKET_BYTES`, at every member alike.
 */
export const encodePacket = (it: Packet, maxBytes: number = MAX_PACKET_BYTES): Uint8Array<ArrayBuffer> =>
  toBytes(versioned, it, { bytes: maxBytes, items: MAX_PACKET_ITEMS })

/**
 * The packet that bytes from anywhere hold, checked field by field; nothing in it shares memory with
 * `bytes`. Throws a `WireError`, and never anything else, for bytes that are no packet.
 */
export const decodePacket = (bytes: Uint8Array, maxBytes: number = MAX_PACKET_BYTES): Packet => {
  // First of all: what follows is that version's own business, and may look like nothing known here.
  const version = versionOf(bytes)
  if (version !== undefined && version !== WIRE_VERSION) throw otherVersion(version)
  return fromBytes(versioned, bytes, { bytes: maxBytes, items: MAX_PACKET_ITEMS })
}

/** CBOR's head of an array of two; of an integer below 24, which is the integer; of one in the next byte. */
const ARRAY_OF_TWO = 0x82
const IN_NEXT_BYTE = 24

/** Of a packet whose heads are as short as they can be. */
const versionOf = (bytes: Uint8Array): number | undefined => {
  const [head, version] = bytes
  if (head !== ARRAY_OF_TWO || version === undefined || version > IN_NEXT_BYTE) return undefined
  return version < IN_NEXT_BYTE ? version : bytes[2]
}

const otherVersion = (version: number): WireError => {
  const cure = version > WIRE_VERSION ? 'this program has to be updated' : 'the sender has to be updated'
  const problem = `a packet of wire version ${version}, where this program speaks ${WIRE_VERSION}: ${cure}`
  return new WireError('version', problem, '', version)
}

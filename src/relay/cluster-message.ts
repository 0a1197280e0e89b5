/**
 * What the relays of one service say to each other, in a fixed layout, integers big-endian. Every message begins with
 * the version (u8), the kind (u8) and the sender's relay id (16 bytes); a room is its length (u8) and UTF-8.
 *
 * | kind         | then                                                                       | to |
 * | ------------ | -------------------------------------------------------------------------- | -- |
 * | 1 `beat`     | answer wanted (u8: 0 or 1), for each room: its version u48, the room       | all |
 * | 2 `ask`      | the room                                                                   | those in the room, or one |
 * | 3 `seats`    | the room, its version u48, for each seat: address, u48 of when it was taken | those in the room, or one |
 * | 4 `came`     | the room, its versions before and after u48, address, u48 of when          | those in the room |
 * | 5 `went`     | the room, its versions before and after u48, address                       | those in the room |
 * | 6 `datagram` | the room, the sender's address, count u16, the receivers' addresses, the body | one |
 * | 7 `signal`   | as datagram                                                                | one |
 * | 8 `bye`      | nothing                                                                    | all |
 */
import {
  type Address,
  bytesToHex,
  hexToBytes,
  ID_BYTES,
  MAX_BODY_BYTES,
  MAX_CAST_PEERS,
  WireError,
} from '../wire/index.js'
import { ADDRESS_BYTES, Input, Output, ROOM_BYTES, U48_BYTES } from './octets.js'

/** One start of one relay: 128 random bits, as hex. */
export type RelayId = string

/** Who sits in a room of one relay, and since when by that relay's clock. */
export interface Seat {
  readonly self: Address
  /** Milliseconds since 1970; later than that of any seat of the same replica that was known of. */
  readonly takenAtMs: number
}

/** What one relay says of one room: a number that grows with everybody who comes to or goes from it there. */
export interface RoomVersion {
  readonly room: string
  readonly version: number
}

interface Change {
  readonly relay: RelayId
  readonly room: string
  /** The room's version until now; 0: nobody sat there. */
  readonly before: number
  readonly version: number
}

export interface BeatMessage {
  readonly kind: 'beat'
  readonly relay: RelayId
  /** The receiver is to answer with its own. */
  readonly asking: boolean
  /** Some of the sender's rooms, or all of them. */
  readonly rooms: readonly RoomVersion[]
}

export interface AskMessage {
  readonly kind: 'ask'
  readonly relay: RelayId
  readonly room: string
}

export interface SeatsMessage extends RoomVersion {
  readonly kind: 'seats'
  readonly relay: RelayId
  /** All of them at the sender. */
  readonly seats: readonly Seat[]
}

export interface CameMessage extends Change {
  readonly kind: 'came'
  readonly seat: Seat
}

export interface WentMessage extends Change {
  readonly kind: 'went'
  readonly peer: Address
}

export interface ForwardMessage {
  readonly kind: 'datagram' | 'signal'
  readonly relay: RelayId
  readonly room: string
  readonly from: Address
  /** 1 to `MAX_CAST_PEERS`. */
  readonly to: readonly Address[]
  /** At most `MAX_BODY_BYTES`; decoded, a view into the message. */
  readonly body: Uint8Array
}

export interface ByeMessage {
  readonly kind: 'bye'
  readonly relay: RelayId
}

export type ClusterMessage =
  | BeatMessage
  | AskMessage
  | SeatsMessage
  | CameMessage
  | WentMessage
  | ForwardMessage
  | ByeMessage

/** Of this layout. Relays of several versions do not see each other. */
const VERSION = 1

const KINDS = [undefined, 'beat', 'ask', 'seats', 'came', 'went', 'datagram', 'signal', 'bye'] as const

const HEADER_BYTES: number = 2 + ID_BYTES
const SEAT_BYTES: number = ADDRESS_BYTES + U48_BYTES

/** Who sits in one room of one relay: as many as one frame can be for. */
export const MAX_SEATS: number = MAX_CAST_PEERS
/** In one beat; a relay with more sends several. */
export const MAX_BEAT_ROOMS = 256
/** The longest is a beat of the longest names. */
export const MAX_MESSAGE_BYTES: number = HEADER_BYTES + 1 + MAX_BEAT_ROOMS * (U48_BYTES + ROOM_BYTES)

/** Fields that are in bounds, as the rooms of a relay hand them over. */
export const encodeClusterMessage = (message: ClusterMessage): Uint8Array<ArrayBuffer> => {
  const output = new Output(mostBytes(message))
  output.u8(VERSION)
  output.u8(KINDS.indexOf(message.kind))
  output.raw(hexToBytes(message.relay))
  switch (message.kind) {
    case 'beat':
      output.u8(message.asking ? 1 : 0)
      for (const { room, version } of message.rooms) {
        output.u48(version)
        output.room(room)
      }
      break
    case 'ask':
      output.room(message.room)
      break
    case 'seats':
      output.room(message.room)
      output.u48(message.version)
      for (const seat of message.seats) writeSeat(output, seat)
      break
    case 'came':
      output.room(message.room)
      output.u48(message.before)
      output.u48(message.version)
      writeSeat(output, message.seat)
      break
    case 'went':
      output.room(message.room)
      output.u48(message.before)
      output.u48(message.version)
      output.address(message.peer)
      break
    case 'datagram':
    case 'signal':
      output.room(message.room)
      output.address(message.from)
      output.u16(message.to.length)
      for (const receiver of message.to) output.address(receiver)
      output.raw(message.body)
      break
    case 'bye':
      break
  }
  return output.written()
}

/** Throws a `WireError`, and nothing else, whatever the bytes are. */
export const decodeClusterMessage = (bytes: Uint8Array): ClusterMessage => {
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw new WireError('too-large', `a message of ${bytes.length} bytes, over ${MAX_MESSAGE_BYTES}`)
  }
  const input = new Input(bytes)
  const version = input.u8()
  if (version !== VERSION) throw new WireError('version', `version ${version}, this relay speaks ${VERSION}`)
  const number = input.u8()
  const kind = KINDS[number]
  const relay = bytesToHex(input.raw(ID_BYTES))
  switch (kind) {
    case 'beat': {
      const asking = input.flag()
      const rooms: RoomVersion[] = []
      while (input.left > 0) rooms.push({ version: input.u48(), room: input.room() })
      checkCount(rooms.length, 0, MAX_BEAT_ROOMS, 'beat.rooms')
      return { kind, relay, asking, rooms }
    }
    case 'ask': {
      const room = input.room()
      input.end()
      return { kind, relay, room }
    }
    case 'seats': {
      const room = input.room()
      const version = input.u48()
      checkCount(Math.ceil(input.left / SEAT_BYTES), 0, MAX_SEATS, 'seats')
      const seats: Seat[] = []
      while (input.left > 0) seats.push(readSeat(input))
      if (new Set(seats.map(({ self }) => self.replica)).size < seats.length) {
        throw new WireError('rule', 'one replica in two seats', 'seats')
      }
      return { kind, relay, room, version, seats }
    }
    case 'came': {
      const change = { relay, room: input.room(), before: input.u48(), version: input.u48() }
      const seat = readSeat(input)
      input.end()
      return { kind, ...change, seat }
    }
    case 'went': {
      const change = { relay, room: input.room(), before: input.u48(), version: input.u48() }
      const peer = input.address()
      input.end()
      return { kind, ...change, peer }
    }
    case 'datagram':
    case 'signal': {
      const room = input.room()
      const from = input.address()
      const count = input.u16()
      checkCount(count, 1, MAX_CAST_PEERS, 'to')
      const to = Array.from({ length: count }, () => input.address())
      checkCount(input.left, 0, MAX_BODY_BYTES, 'body')
      return { kind, relay, room, from, to, body: input.raw(input.left) }
    }
    case 'bye':
      input.end()
      return { kind, relay }
    case undefined:
      throw new WireError('shape', `a message of unknown kind ${number}`)
  }
}

const writeSeat = (output: Output, { self, takenAtMs }: Seat): void => {
  output.address(self)
  output.u48(takenAtMs)
}

const readSeat = (input: Input): Seat => ({ self: input.address(), takenAtMs: input.u48() })

const checkCount = (count: number, least: number, most: number, path: string): void => {
  if (count < least || count > most) throw new WireError('range', `${count} is not one of ${least} … ${most}`, path)
}

/** As if every room had the longest name: a few bytes too many cost less than to encode names twice. */
const mostBytes = (message: ClusterMessage): number => {
  switch (message.kind) {
    case 'beat':
      return HEADER_BYTES + 1 + message.rooms.length * (U48_BYTES + ROOM_BYTES)
    case 'seats':
      return HEADER_BYTES + ROOM_BYTES + U48_BYTES + message.seats.length * SEAT_BYTES
    case 'datagram':
    case 'signal':
      return HEADER_BYTES + ROOM_BYTES + 2 + (1 + message.to.length) * ADDRESS_BYTES + message.body.length
    default:
      return HEADER_BYTES + ROOM_BYTES + 2 * U48_BYTES + SEAT_BYTES
  }
}

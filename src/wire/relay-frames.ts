/**
 * What a link and a relay say to each other: binary WebSocket messages of a fixed layout, integers big-endian.
 *
 * | byte 0       | then                                                               | sent by |
 * | ------------ | ------------------------------------------------------------------ | ------- |
 * | 1 `join`     | version u8, own address, token length u16, token, room (UTF-8)     | link    |
 * | 2 `datagram` | address of the receiver (from the relay: of the sender), the rest  | both    |
 * | 3 `signal`   | as datagram; the relay treats the two alike                        | both    |
 * | 4 `joined`   | bytes/s u32, frames/s u32, addresses of the others in join order   | relay   |
 * | 5 `came`     | address; again when it has joined again                            | relay   |
 * | 6 `went`     | address                                                            | relay   |
 * | 7 `cast`     | count u16, addresses of the receivers, the rest: for each of them it is a datagram | link |
 *
 * An address is 16 bytes of replica id and a u32 incarnation. The only text messages are `LIVENESS_QUESTION` and
 * its answer: an edge runtime answers text without waking the object behind the socket, and nothing else.
 */
import type { ReplicaId } from '../core/index.js'
import { WireError } from './error.js'
import { bytesToHex, hexToBytes, ID_BYTES } from './hex.js'
import { MAX_INCARNATION } from './limits.js'

/** One life of a replica: a later incarnation replaces an earlier one. */
export interface Address {
  readonly replica: ReplicaId
  /** How often this replica was started, this start included: 1, 2, 3 … below 2^32. */
  readonly incarnation: number
}

/** What the relay lets one socket send, in the long run. */
export interface RelayRate {
  readonly bytesPerSecond: number
  readonly framesPerSecond: number
}

export interface JoinFrame {
  readonly kind: 'join'
  readonly self: Address
  /** 1 to `MAX_ROOM_BYTES` bytes as UTF-8. */
  readonly room: string
  /** What lets it in, where the relay asks for that: at most `MAX_TOKEN_BYTES` of printable ASCII; empty: nothing. */
  readonly token: string
}

/** `datagram` carries a fragment of a packet, `signal` what two peers need to open a direct channel. */
export interface AddressedFrame {
  readonly kind: 'datagram' | 'signal'
  /** The receiver on the way to the relay, the sender on the way from it. */
  readonly peer: Address
  /** At most `MAX_BODY_BYTES`; decoded, a view into the frame. */
  readonly body: Uint8Array
}

/** The same datagram for several: the link sends it once, and the relay as often as there are receivers. */
export interface CastFrame {
  readonly kind: 'cast'
  /** 1 to `MAX_CAST_PEERS`, each once. */
  readonly peers: readonly Address[]
  /** As in a datagram. */
  readonly body: Uint8Array
}

export interface JoinedFrame {
  readonly kind: 'joined'
  readonly rate: RelayRate
  /** The others, in the order in which they joined. */
  readonly peers: readonly Address[]
}

export interface PresenceFrame {
  readonly kind: 'came' | 'went'
  readonly peer: Address
}

export type RelayFrame = JoinFrame | AddressedFrame | CastFrame | JoinedFrame | PresenceFrame

/** Of this layout. A relay refuses a link of another version. */
const VERSION = 2

/** Data channels carry messages of this size everywhere; the relay takes the same pieces. */
export const MAX_BODY_BYTES = 16_384
/** A group id and a prefix fit several times over. */
export const MAX_ROOM_BYTES = 128

/** A signed token with a few claims takes some hundred bytes; one with a certificate chain a few thousand. */
export const MAX_TOKEN_BYTES = 4096

/** All who can be in one room of a relay. */
export const MAX_CAST_PEERS = 512

const ADDRESS_BYTES = ID_BYTES + 4
const CAST_HEADER_BYTES = 3
/** The longest frame either side may send: a full body behind the addresses of all who are to get it. */
export const MAX_RELAY_FRAME_BYTES: number = CAST_HEADER_BYTES + MAX_CAST_PEERS * ADDRESS_BYTES + MAX_BODY_BYTES
const JOIN_HEADER_BYTES: number = 2 + ADDRESS_BYTES + 2
const JOINED_HEADER_BYTES = 9

/** Asked by a link that has heard nothing for a while; the relay answers `LIVENESS_ANSWER`. */
export const LIVENESS_QUESTION = 'ping'
export const LIVENESS_ANSWER = 'pong'

/** Why a relay closes a socket, as the code of the WebSocket close frame. */
export const CLOSE_CODES = {
  /** It shuts down: the standard's "going away". */
  'relay-closed': 1001,
  /** What WebSocket implementations themselves close with. */
  'frame-too-large': 1009,
  /** A frame that is none, or not at this point. */
  'protocol-error': 4000,
  'unsupported-version': 4001,
  /** Connected, but did not join. */
  'join-timeout': 4002,
  /** Gave no sign of life, or does not read what it is sent. */
  unresponsive: 4003,
  'rate-exceeded': 4004,
  'room-full': 4005,
  'too-many-rooms': 4006,
  'too-many-sockets': 4007,
  /** The same replica is here on a newer socket, or in a later life. */
  replaced: 4008,
  /** Its token, or that it has none, does not let it into this room. */
  unauthorized: 4009,
  /** Its token has run out: a link joins again with a new one. */
  'token-expired': 4010,
  /** The page it comes from is none of those that this relay serves. */
  'origin-refused': 4011,
  /** The relay is about to shut down: another one, or its successor, takes over. */
  draining: 4012,
  /** Too many sockets of one network address. */
  'too-many-from-address': 4013,
  /** All its members together send more than a room may. */
  'room-rate-exceeded': 4014,
  /** Whether it may come in can't be found out just now. */
  unavailable: 4015,
} as const

export type CloseReason = keyof typeof CLOSE_CODES

const reasons = new Map<number, CloseReason>()
for (const [reason, code] of Object.entries(CLOSE_CODES)) reasons.set(code, reason as CloseReason)

/** The reason behind a close code; undefined where the code is not one of a relay's. */
export const closeReasonOf = (code: number): CloseReason | undefined => reasons.get(code)

/** What a relay closes a socket with whose frame could not be decoded. */
export const closeReasonFor = (error: unknown): CloseReason => {
  const code = error instanceof WireError ? error.code : undefined
  if (code === 'version') return 'unsupported-version'
  return code === 'too-large' ? 'frame-too-large' : 'protocol-error'
}

const KINDS = [undefined, 'join', 'datagram', 'signal', 'joined', 'came', 'went', 'cast'] as const

/** Throws a `WireError` where a field is out of its bounds. */
export const encodeRelayFrame = (frame: RelayFrame): Uint8Array<ArrayBuffer> => {
  switch (frame.kind) {
    case 'join': {
      const room = encodeRoom(frame.room)
      const token = encodeToken(frame.token)
      const bytes = newFrame(frame.kind, JOIN_HEADER_BYTES + token.length + room.length)
      bytes[1] = VERSION
      putAddress(bytes, 2, frame.self)
      viewOf(bytes).setUint16(2 + ADDRESS_BYTES, token.length)
      bytes.set(token, JOIN_HEADER_BYTES)
      bytes.set(room, JOIN_HEADER_BYTES + token.length)
      return bytes
    }
    case 'datagram':
    case 'signal': {
      checkBody(frame.body.length)
      const bytes = newFrame(frame.kind, 1 + ADDRESS_BYTES + frame.body.length)
      putAddress(bytes, 1, frame.peer)
      bytes.set(frame.body, 1 + ADDRESS_BYTES)
      return bytes
    }
    case 'cast': {
      const { peers, body } = frame
      checkCastPeers(peers.length)
      checkBody(body.length)
      const bodyAt = CAST_HEADER_BYTES + ADDRESS_BYTES * peers.length
      const bytes = newFrame(frame.kind, bodyAt + body.length)
      viewOf(bytes).setUint16(1, peers.length)
      peers.forEach((peer, at) => {
        putAddress(bytes, CAST_HEADER_BYTES + ADDRESS_BYTES * at, peer)
      })
      bytes.set(body, bodyAt)
      return bytes
    }
    case 'joined': {
      const bytes = newFrame(frame.kind, JOINED_HEADER_BYTES + ADDRESS_BYTES * frame.peers.length)
      const view = viewOf(bytes)
      view.setUint32(1, frame.rate.bytesPerSecond)
      view.setUint32(5, frame.rate.framesPerSecond)
      frame.peers.forEach((peer, at) => {
        putAddress(bytes, JOINED_HEADER_BYTES + at * ADDRESS_BYTES, peer)
      })
      return bytes
    }
    case 'came':
    case 'went': {
      const bytes = newFrame(frame.kind, 1 + ADDRESS_BYTES)
      putAddress(bytes, 1, frame.peer)
      return bytes
    }
  }
}

/** Throws a `WireError`, and nothing else, whatever the bytes are. */
export const decodeRelayFrame = (bytes: Uint8Array): RelayFrame => {
  if (bytes.length > MAX_RELAY_FRAME_BYTES) {
    throw new WireError('too-large', `a frame of ${bytes.length} bytes, over ${MAX_RELAY_FRAME_BYTES}`)
  }
  const kind = KINDS[bytes[0] ?? 0]
  switch (kind) {
    case 'join': {
      needLength(bytes, kind, 2)
      if (bytes[1] !== VERSION) {
        throw new WireError('version', `version ${bytes[1]}, this side speaks ${VERSION}`, 'join')
      }
      needLength(bytes, kind, JOIN_HEADER_BYTES + 1)
      const roomAt = JOIN_HEADER_BYTES + viewOf(bytes).getUint16(2 + ADDRESS_BYTES)
      needLength(bytes, kind, roomAt + 1)
      const token = decodeToken(bytes.subarray(JOIN_HEADER_BYTES, roomAt))
      return { kind, self: addressAt(bytes, 2), token, room: decodeRoom(bytes.subarray(roomAt)) }
    }
    case 'datagram':
    case 'signal':
      needLength(bytes, kind, 1 + ADDRESS_BYTES)
      checkBody(bytes.length - 1 - ADDRESS_BYTES)
      return { kind, peer: addressAt(bytes, 1), body: bytes.subarray(1 + ADDRESS_BYTES) }
    case 'cast': {
      needLength(bytes, kind, CAST_HEADER_BYTES)
      const count = viewOf(bytes).getUint16(1)
      checkCastPeers(count)
      const bodyAt = CAST_HEADER_BYTES + ADDRESS_BYTES * count
      needLength(bytes, kind, bodyAt)
      checkBody(bytes.length - bodyAt)
      const peers = Array.from({ length: count }, (_, at) => addressAt(bytes, CAST_HEADER_BYTES + ADDRESS_BYTES * at))
      if (new Set(peers.map(({ replica }) => replica)).size < count) {
        throw new WireError('shape', 'one receiver named twice', 'cast.peers')
      }
      return { kind, peers, body: bytes.subarray(bodyAt) }
    }
    case 'joined': {
      needLength(bytes, kind, JOINED_HEADER_BYTES)
      const view = viewOf(bytes)
      const rate = { bytesPerSecond: view.getUint32(1), framesPerSecond: view.getUint32(5) }
      if (rate.bytesPerSecond === 0 || rate.framesPerSecond === 0)
        throw new WireError('range', 'nothing may be sent', 'joined.rate')
      const peers: Address[] = []
      for (let at = JOINED_HEADER_BYTES; at < bytes.length; at += ADDRESS_BYTES) peers.push(addressAt(bytes, at))
      return { kind, rate, peers }
    }
    case 'came':
    case 'went':
      if (bytes.length !== 1 + ADDRESS_BYTES) throw new WireError('shape', `${bytes.length} bytes`, kind)
      return { kind, peer: addressAt(bytes, 1) }
    case undefined:
      throw new WireError('shape', bytes.length === 0 ? 'an empty frame' : `a frame of unknown kind ${bytes[0]}`)
  }
}

const checkBody = (length: number): void => {
  if (length > MAX_BODY_BYTES) throw new WireError('too-large', `${length} bytes, over ${MAX_BODY_BYTES}`, 'body')
}

const checkCastPeers = (count: number): void => {
  if (count < 1 || count > MAX_CAST_PEERS) {
    throw new WireError('range', `${count} is not one of 1 … ${MAX_CAST_PEERS}`, 'cast.peers')
  }
}

const newFrame = (kind: RelayFrame['kind'], length: number): Uint8Array<ArrayBuffer> => {
  if (length > MAX_RELAY_FRAME_BYTES) {
    throw new WireError('too-large', `${length} bytes, over ${MAX_RELAY_FRAME_BYTES}`, kind)
  }
  const bytes = new Uint8Array(length)
  bytes[0] = KINDS.indexOf(kind)
  return bytes
}

const needLength = (bytes: Uint8Array, kind: string, least: number): void => {
  if (bytes.length < least) throw new WireError('shape', `${bytes.length} bytes, under ${least}`, kind)
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const putAddress = (bytes: Uint8Array, at: number, { replica, incarnation }: Address): void => {
  if (!Number.isInteger(incarnation) || incarnation < 1 || incarnation > MAX_INCARNATION) {
    throw new WireError('range', `${incarnation} is not one of 1 … ${MAX_INCARNATION}`, 'incarnation')
  }
  bytes.set(hexToBytes(replica), at)
  viewOf(bytes).setUint32(at + ID_BYTES, incarnation)
}

const addressAt = (bytes: Uint8Array, at: number): Address => {
  if (bytes.length < at + ADDRESS_BYTES) throw new WireError('shape', `an address cut off at byte ${bytes.length}`)
  const incarnation = viewOf(bytes).getUint32(at + ID_BYTES)
  if (incarnation === 0) throw new WireError('range', '0, the first is 1', 'incarnation')
  return { replica: bytesToHex(bytes.subarray(at, at + ID_BYTES)), incarnation }
}

/** Header values and signed tokens consist of these. */
const PRINTABLE = /^[\x21-\x7e]*$/

const encodeToken = (token: string): Uint8Array => {
  if (token.length > MAX_TOKEN_BYTES || !PRINTABLE.test(token)) {
    throw new WireError('range', `${token.length} characters; at most ${MAX_TOKEN_BYTES} of printable ASCII`, 'token')
  }
  return new TextEncoder().encode(token)
}

const decodeToken = (bytes: Uint8Array): string => {
  if (bytes.length > MAX_TOKEN_BYTES) {
    throw new WireError('range', `${bytes.length} bytes, over ${MAX_TOKEN_BYTES}`, 'token')
  }
  const token = String.fromCharCode(...bytes)
  if (!PRINTABLE.test(token)) throw new WireError('shape', 'not printable ASCII', 'token')
  return token
}

const encodeRoom = (room: string): Uint8Array => {
  const bytes = new TextEncoder().encode(room)
  // A lone surrogate has no UTF-8: two such names would meet in one room.
  if (bytes.length === 0 || bytes.length > MAX_ROOM_BYTES || new TextDecoder().decode(bytes) !== room) {
    throw new WireError('range', `${bytes.length} bytes; 1 to ${MAX_ROOM_BYTES} of well-formed text needed`, 'room')
  }
  return bytes
}

const decodeRoom = (bytes: Uint8Array): string => {
  if (bytes.length > MAX_ROOM_BYTES) {
    throw new WireError('range', `${bytes.length} bytes, over ${MAX_ROOM_BYTES}`, 'room')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new WireError('shape', 'not UTF-8', 'room')
  }
}

/**
 * What a link and a relay say to each other: binary WebSocket messages of a fixed layout, integers big-endian.
 *
 * | byte 0       | then                                                               | sent by |
 * | ------------ | ------------------------------------------------------------------ | ------- |
 * | 1 `join`     | version u8, own address, room (the rest, UTF-8)                    | link    |
 * | 2 `datagram` | address of the receiver (from the relay: of the sender), the rest  | both    |
 * | 3 `signal`   | as datagram; the relay treats the two alike                        | both    |
 * | 4 `joined`   | bytes/s u32, frames/s u32, addresses of the others in join order   | relay   |
 * | 5 `came`     | address; again when it has joined again                            | relay   |
 * | 6 `went`     | address                                                            | relay   |
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
}

/** `datagram` carries a fragment of a packet, `signal` what two peers need to open a direct channel. */
export interface AddressedFrame {
  readonly kind: 'datagram' | 'signal'
  /** The receiver on the way to the relay, the sender on the way from it. */
  readonly peer: Address
  /** At most `MAX_BODY_BYTES`; decoded, a view into the frame. */
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

export type RelayFrame = JoinFrame | AddressedFrame | JoinedFrame | PresenceFrame

/** Of this layout. A relay refuses a link of another version. */
const VERSION = 1

/** Data channels carry messages of this size everywhere; the relay takes the same pieces. */
export const MAX_BODY_BYTES = 16_384
/** A group id and a prefix fit several times over. */
export const MAX_ROOM_BYTES = 128

const ADDRESS_BYTES = ID_BYTES + 4
/** The longest frame either side may send: a full body behind its kind and address. */
export const MAX_RELAY_FRAME_BYTES: number = 1 + ADDRESS_BYTES + MAX_BODY_BYTES
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

const KINDS = [undefined, 'join', 'datagram', 'signal', 'joined', 'came', 'went'] as const

/** Throws a `WireError` where a field is out of its bounds. */
export const encodeRelayFrame = (frame: RelayFrame): Uint8Array<ArrayBuffer> => {
  switch (frame.kind) {
    case 'join': {
      const room = encodeRoom(frame.room)
      const bytes = newFrame(frame.kind, 2 + ADDRESS_BYTES + room.length)
      bytes[1] = VERSION
      putAddress(bytes, 2, frame.self)
      bytes.set(room, 2 + ADDRESS_BYTES)
      return bytes
    }
    case 'datagram':
    case 'signal': {
      const bytes = newFrame(frame.kind, 1 + ADDRESS_BYTES + frame.body.length)
      putAddress(bytes, 1, frame.peer)
      bytes.set(frame.body, 1 + ADDRESS_BYTES)
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
      if (bytes[1] !== VERSION) {
        throw new WireError('version', `version ${bytes[1]}, this side speaks ${VERSION}`, 'join')
      }
      needLength(bytes, kind, 2 + ADDRESS_BYTES + 1)
      return { kind, self: addressAt(bytes, 2), room: decodeRoom(bytes.subarray(2 + ADDRESS_BYTES)) }
    }
    case 'datagram':
    case 'signal':
      needLength(bytes, kind, 1 + ADDRESS_BYTES)
      return { kind, peer: addressAt(bytes, 1), body: bytes.subarray(1 + ADDRESS_BYTES) }
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

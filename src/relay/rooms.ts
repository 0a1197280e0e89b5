import {
  type Address,
  type AddressedFrame,
  type CloseReason,
  closeReasonFor,
  decodeRelayFrame,
  encodeRelayFrame,
  type JoinFrame,
  LIVENESS_ANSWER,
  LIVENESS_QUESTION,
  type RelayFrame,
  type ReplicaId,
  TokenBucket,
} from '../wire/index.js'
import { MAX_PEERS_PER_ROOM, type RelayLimits } from './limits.js'

/** A WebSocket, as far as the rooms need one. None of its methods throws. */
export interface RelaySocket {
  /** In order. Nothing is sent after `close`. */
  send(message: Uint8Array | string): void
  close(reason: CloseReason): void
  /** Sent, and not yet handed to the network. */
  bufferedBytes(): number
}

export interface RelayCounters {
  /** Connected now, joined or not. */
  readonly sockets: number
  readonly rooms: number
  readonly framesForwarded: number
  /** To a peer, or a life of it, that is not here. */
  readonly framesUndeliverable: number
  /** To a peer that reads too slowly. */
  readonly framesDropped: number
  /** How many sockets were closed, by reason. */
  readonly closed: Readonly<Partial<Record<CloseReason, number>>>
}

interface Guest {
  readonly socket: RelaySocket
  readonly sinceMs: number
  readonly bytes: TokenBucket
  readonly frames: TokenBucket
  /** Undefined until it joins. */
  seat: Seat | undefined
}

interface Seat {
  readonly guest: Guest
  readonly room: string
  readonly self: Address
}

/** In join order. */
type Room = Map<ReplicaId, Seat>

/**
 * Who is in which room, and the forwarding of frames between them. Free of any runtime: the shell hands in what
 * its sockets do. Everything happens within the call, so that each socket sees joins, leaves and frames in one
 * consistent order.
 */
export class Rooms {
  readonly #limits: RelayLimits
  readonly #nowMs: () => number
  readonly #guests = new Map<RelaySocket, Guest>()
  readonly #rooms = new Map<string, Room>()
  readonly #closed: Partial<Record<CloseReason, number>> = {}
  #framesForwarded = 0
  #framesUndeliverable = 0
  #framesDropped = 0

  /** `nowMs` never decreases. Throws a `RangeError` where a room's list of peers would not fit a frame. */
  constructor(limits: RelayLimits, nowMs: () => number) {
    if (limits.peersPerRoom > MAX_PEERS_PER_ROOM) {
      throw new RangeError(`peersPerRoom is ${limits.peersPerRoom}: ${MAX_PEERS_PER_ROOM} at most`)
    }
    this.#limits = limits
    this.#nowMs = nowMs
  }

  opened(socket: RelaySocket): void {
    const { sockets, bytesPerSecond, framesPerSecond, burstSeconds } = this.#limits
    const now = this.#nowMs()
    this.#guests.set(socket, {
      socket,
      sinceMs: now,
      bytes: new TokenBucket(bytesPerSecond, bytesPerSecond * burstSeconds, now),
      frames: new TokenBucket(framesPerSecond, framesPerSecond * burstSeconds, now),
      seat: undefined,
    })
    if (this.#guests.size > sockets) this.close(socket, 'too-many-sockets')
  }

  /** A binary or text message. Of a socket that was closed: ignored. */
  received(socket: RelaySocket, message: Uint8Array | string): void {
    const guest = this.#guests.get(socket)
    if (guest === undefined) return
    const refusal = this.#take(guest, message)
    if (refusal !== undefined) this.close(socket, refusal)
  }
  /** The connection is gone. */
  disconnected(socket: RelaySocket): void {
    const guest = this.#guests.get(socket)
    this.#guests.delete(socket)
    if (guest?.seat !== undefined) this.#vacate(guest.seat)
  }

  /** Closes the socket, and tells its room. */
  close(socket: RelaySocket, reason: CloseReason): void {
    if (!this.#guests.has(socket)) return
    this.#closed[reason] = (this.#closed[reason] ?? 0) + 1
    socket.close(reason)
    this.disconnected(socket)
  }

  /** To be called every few seconds: closes who did not join in time. */
  tick(): void {
    const now = this.#nowMs()
    for (const { socket, seat, sinceMs } of this.#guests.values()) {
      if (seat === undefined && now - sinceMs >= this.#limits.joinTimeoutMs) this.close(socket, 'join-timeout')
    }
  }

  /** Closes all of them. No one is told of the others' going. */
  closeAll(): void {
    this.#rooms.clear()
    for (const socket of this.#guests.keys()) this.close(socket, 'relay-closed')
  }

  counters(): RelayCounters {
    return {
      sockets: this.#guests.size,
      rooms: this.#rooms.size,
      framesForwarded: this.#framesForwarded,
      framesUndeliverable: this.#framesUndeliverable,
      framesDropped: this.#framesDropped,
      closed: { ...this.#closed },
    }
  }

  /** Does what the message asks for; the result is why its sender has to go. */
  #take(guest: Guest, message: Uint8Array | string): CloseReason | undefined {
    const now = this.#nowMs()
    if (!guest.frames.isOpen(now) || !guest.bytes.isOpen(now)) return 'rate-exceeded'
    guest.frames.spend(1)
    guest.bytes.spend(message.length)
    if (message.length > this.#limits.frameBytes) return 'frame-too-large'
    if (message === LIVENESS_QUESTION) {
      this.#send(guest, LIVENESS_ANSWER)
      return undefined
    }
    if (typeof message === 'string') return 'protocol-error'
    let frame: RelayFrame
    try {
      frame = decodeRelayFrame(message)
    } catch (error) {
      return closeReasonFor(error)
    }
    if (frame.kind === 'join') return guest.seat === undefined ? this.#join(guest, frame) : 'protocol-error'
    if (guest.seat === undefined || (frame.kind !== 'datagram' && frame.kind !== 'signal')) return 'protocol-error'
    this.#forward(guest.seat, frame)
    return undefined
  }

  #join(guest: Guest, { room: name, self }: JoinFrame): CloseReason | undefined {
    const { rooms, peersPerRoom, bytesPerSecond, framesPerSecond } = this.#limits
    const room: Room = this.#rooms.get(name) ?? new Map()
    const earlier = room.get(self.replica)
    if (room.size === 0 && this.#rooms.size >= rooms) return 'too-many-rooms'
    if (earlier === undefined && room.size >= peersPerRoom) return 'room-full'
    if (earlier !== undefined) {
      if (earlier.self.incarnation > self.incarnation) return 'replaced'
      room.delete(self.replica)
      earlier.guest.seat = undefined
      this.close(earlier.guest.socket, 'replaced')
    }
    const peers = [...room.values()].map((seat) => seat.self)
    this.#send(guest, encodeRelayFrame({ kind: 'joined', rate: { bytesPerSecond, framesPerSecond }, peers }))
    this.#tell(room, 'came', self)
    guest.seat = { guest, room: name, self }
    room.set(self.replica, guest.seat)
    this.#rooms.set(name, room)
    return undefined
  }

  #vacate({ room: name, self }: Seat): void {
    const room = this.#rooms.get(name)
    if (room === undefined) return
    room.delete(self.replica)
    if (room.size === 0) this.#rooms.delete(name)
    this.#tell(room, 'went', self)
  }

  #tell(room: Room, kind: 'came' | 'went', peer: Address): void {
    const frame = encodeRelayFrame({ kind, peer })
    for (const seat of [...room.values()]) this.#send(seat.guest, frame)
  }

  #forward({ room, self }: Seat, { kind, peer, body }: AddressedFrame): void {
    const receiver = this.#rooms.get(room)?.get(peer.replica)
    if (receiver === undefined || receiver.self.incarnation !== peer.incarnation) {
      this.#framesUndeliverable++
    } else if (receiver.guest.socket.bufferedBytes() + body.length > this.#limits.outgoingBytes) {
      this.#framesDropped++
    } else {
      this.#framesForwarded++
      receiver.guest.socket.send(encodeRelayFrame({ kind, peer: self, body }))
    }
  }

  /** What must not be dropped: who does not read even that, while others come and go, is not there. */
  #send({ socket }: Guest, message: Uint8Array | string): void {
    if (!this.#guests.has(socket)) return
    if (socket.bufferedBytes() > 2 * this.#limits.outgoingBytes) this.close(socket, 'unresponsive')
    else socket.send(message)
  }
}

import {
  type Address,
  type CloseReason,
  closeReasonFor,
  decodeRelayFrame,
  encodeRelayFrame,
  type JoinFrame,
  LIVENESS_ANSWER,
  LIVENESS_QUESTION,
  type RelayFrame,
  type RelayRate,
} from '../wire/index.js'
import { Addresses, networkOf } from './addresses.js'
import { Allowance } from './allowance.js'
import { type Admission, checkedVerdict, type JoinRequest, type SeatRecord, type Verdict } from './authorize.js'
import { newTally, type RelayCounters, type Tally } from './counters.js'
import type { Elsewhere, ElsewhereEvents } from './elsewhere.js'
import type { Guest, RelayRoom, RelaySocket, Seat } from './guest.js'
import { MAX_PEERS_PER_ROOM, type RelayLimits } from './limits.js'
import { Post } from './post.js'
import { RoomRate } from './room-rate.js'

/** What rooms ask, and tell, the world around them. */
export interface RoomsPorts {
  /**
   * Who may sit where. Default: everybody everywhere. Where it throws or rejects, the socket is closed as `unavailable`,
   * where it does not answer within `joinTimeoutMs`, as `join-timeout`: the link tries again.
   */
  readonly admit?: ((request: JoinRequest, socket: RelaySocket) => Verdict | Promise<Verdict>) | undefined
  /** Told once, when the rooms are made. Default: this relay is all there is. */
  readonly elsewhere?: ((events: ElsewhereEvents) => Elsewhere) | undefined
  /** Somebody has taken a seat, which `restore` takes back. */
  readonly seated?: ((socket: RelaySocket, seat: SeatRecord) => void) | undefined
  /** Milliseconds since 1970, by which admissions expire. Default: `Date.now`. */
  readonly dateMs?: () => number
}

/**
 * Who is in which room, and the forwarding of frames between them. Free of any runtime: the shell hands in what
 * its sockets do. All but admission happens within the call, so that each socket sees joins, leaves and frames in one
 * consistent order.
 */
export class Rooms implements ElsewhereEvents {
  readonly #limits: RelayLimits
  readonly #nowMs: () => number
  readonly #dateMs: () => number
  readonly #ports: RoomsPorts
  readonly #elsewhere: Elsewhere | undefined
  readonly #addresses: Addresses
  readonly #guests = new Map<RelaySocket, Guest>()
  readonly #rooms = new Map<string, RelayRoom>()
  readonly #tally: Tally = newTally()
  readonly #post: Post

  /** `nowMs` never decreases. Throws a `RangeError` where a room's list of peers would not fit a frame. */
  constructor(limits: RelayLimits, nowMs: () => number, ports: RoomsPorts = {}) {
    if (limits.peersPerRoom > MAX_PEERS_PER_ROOM) {
      throw new RangeError(`peersPerRoom is ${limits.peersPerRoom}: ${MAX_PEERS_PER_ROOM} at most`)
    }
    this.#limits = limits
    this.#nowMs = nowMs
    this.#dateMs = ports.dateMs ?? Date.now
    this.#ports = ports
    this.#addresses = new Addresses(limits)
    this.#post = new Post(limits.outgoingBytes, this.#tally)
    this.#elsewhere = ports.elsewhere?.(this)
  }

  opened(socket: RelaySocket): void {
    const guest = this.#enter(socket)
    if (this.#guests.size > this.#limits.sockets) this.close(socket, 'too-many-sockets')
    else if (guest.network !== undefined && !this.#addresses.hasRoomFor(guest.network)) {
      this.close(socket, 'too-many-from-address')
    }
  }

  /**
   * A socket that has outlived the rooms in memory, and sat there: it sits there again, and nobody is told. Where two had
   * the same seat, the later life has it, or else the one restored last.
   */
  restore(socket: RelaySocket, { room: name, self, rate, expiresAtMs }: SeatRecord): void {
    const guest = this.#enter(socket)
    const room = this.#rooms.get(name) ?? this.#newRoom(name)
    if (this.#takesOver(room, self)) this.#sit(guest, room, self, rate, expiresAtMs)
    else this.close(socket, 'replaced')
  }

  /** A binary or text message. Of a socket that was closed: ignored. */
  received(socket: RelaySocket, message: Uint8Array | string): void {
    const guest = this.#guests.get(socket)
    if (guest === undefined) return
    const refusal = this.#take(guest, message)
    if (refusal !== undefined) this.close(socket, refusal)
  }

  /** A ping or a pong of the connection itself, of so many bytes: a flood of them is one as well. */
  pinged(socket: RelaySocket, bytes: number): void {
    const guest = this.#guests.get(socket)
    if (guest !== undefined && !guest.allowance.spend(bytes, this.#nowMs())) this.close(socket, 'rate-exceeded')
  }

  /** The connection is gone. */
  disconnected(socket: RelaySocket): void {
    const guest = this.#guests.get(socket)
    if (guest === undefined) return
    this.#guests.delete(socket)
    if (guest.network !== undefined) this.#addresses.left(guest.network, this.#nowMs())
    if (guest.seat !== undefined) this.#vacate(guest.seat)
  }

  /** Closes the socket, and tells its room. */
  close(socket: RelaySocket, reason: CloseReason): void {
    if (!this.#guests.has(socket)) return
    this.#tally.closed[reason] = (this.#tally.closed[reason] ?? 0) + 1
    socket.close(reason)
    this.disconnected(socket)
  }

  /** To be called every few seconds: closes who did not join in time, whose time is up, and who lets too much wait. */
  tick(): void {
    const now = this.#nowMs()
    for (const { socket, seat, sinceMs } of this.#guests.values()) {
      if (seat === undefined && now - sinceMs >= this.#limits.joinTimeoutMs) this.close(socket, 'join-timeout')
      else if (this.#hasExpired(seat)) this.close(socket, 'token-expired')
    }
    this.#addresses.forget(now)
    this.#relieve()
  }

  /** Closes all of them. No one is told of the others' going. */
  closeAll(): void {
    for (let isAnyone = true; isAnyone; ) isAnyone = this.closeRoom('relay-closed')
  }

  /**
   * Closes all of one room, or, where there is none, all who have not joined. A room goes as one, so that its members find
   * each other again where they go. False: nobody was left.
   */
  closeRoom(reason: CloseReason): boolean {
    const [room] = this.#rooms.values()
    const leaving = room === undefined ? [...this.#guests.values()] : [...room.seats.values()].map(({ guest }) => guest)
    if (room !== undefined) this.#dissolve(room)
    for (const { socket } of leaving) this.close(socket, reason)
    return leaving.length > 0
  }

  counters(): RelayCounters {
    return {
      ...this.#tally,
      sockets: this.#guests.size,
      rooms: this.#rooms.size,
      closed: { ...this.#tally.closed },
    }
  }

  cameElsewhere(name: string, peer: Address): void {
    const room = this.#rooms.get(name)
    if (room === undefined) return
    const earlier = room.seats.get(peer.replica)
    if (!this.#takesOver(room, peer)) return
    if (earlier !== undefined) this.#elsewhere?.left(name, earlier.self)
    this.#tell(room, 'came', peer)
    this.#dropIfEmpty(room)
  }

  wentElsewhere(name: string, peer: Address): void {
    const room = this.#rooms.get(name)
    if (room !== undefined && !room.seats.has(peer.replica)) this.#tell(room, 'went', peer)
  }

  arrived(name: string, kind: 'datagram' | 'signal', from: Address, to: readonly Address[], body: Uint8Array): void {
    const room = this.#rooms.get(name)
    if (room !== undefined) this.#post.deliver(room, kind, from, to, body)
  }

  #enter(socket: RelaySocket): Guest {
    const { bytesPerSecond, framesPerSecond, burstSeconds } = this.#limits
    const now = this.#nowMs()
    const guest: Guest = {
      socket,
      network: socket.address === undefined ? undefined : networkOf(socket.address),
      sinceMs: now,
      allowance: new Allowance({ bytesPerSecond, framesPerSecond }, burstSeconds, now),
      isWaiting: false,
      seat: undefined,
    }
    this.#guests.set(socket, guest)
    if (guest.network !== undefined) this.#addresses.came(guest.network, now)
    return guest
  }

  /** Does what the message asks for; the result is why its sender has to go. */
  #take(guest: Guest, message: Uint8Array | string): CloseReason | undefined {
    this.#tally.framesReceived++
    this.#tally.bytesReceived += message.length
    if (!guest.allowance.spend(message.length, this.#nowMs())) return 'rate-exceeded'
    if (message.length > this.#limits.frameBytes) return 'frame-too-large'
    if (this.#hasExpired(guest.seat)) return 'token-expired'
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
    const { seat, isWaiting } = guest
    if (frame.kind === 'join') return seat === undefined && !isWaiting ? this.#ask(guest, frame) : 'protocol-error'
    if (seat === undefined) return 'protocol-error'
    if (frame.kind === 'cast') return this.#forward(seat, 'datagram', frame.peers, frame.body)
    if (frame.kind === 'datagram' || frame.kind === 'signal') {
      return this.#forward(seat, frame.kind, [frame.peer], frame.body)
    }
    return 'protocol-error'
  }

  /** What waits for slow readers takes everybody's memory: whoever lets the most of it wait goes first. */
  #relieve(): void {
    const waiting = [...this.#guests.keys()].map((socket) => ({ socket, bytes: socket.bufferedBytes() }))
    let over = waiting.reduce((sum, { bytes }) => sum + bytes, -this.#limits.outgoingBytesTogether)
    if (over <= 0) return
    for (const { socket, bytes } of waiting.sort((a, b) => b.bytes - a.bytes)) {
      this.close(socket, 'unresponsive')
      over -= bytes
      if (over <= 0) return
    }
  }

  #hasExpired(seat: Seat | undefined): boolean {
    return seat?.expiresAtMs !== undefined && seat.expiresAtMs <= this.#dateMs()
  }

  #ask(guest: Guest, { room, token, self }: JoinFrame): CloseReason | undefined {
    if (guest.network !== undefined && !this.#addresses.joins(guest.network, this.#nowMs())) {
      return 'too-many-from-address'
    }
    const { admit } = this.#ports
    if (admit === undefined) return this.#join(guest, room, self, { admitted: true })
    guest.isWaiting = true
    new Promise<Verdict>((resolve) => resolve(admit({ room, token, self }, guest.socket)))
      .then(checkedVerdict)
      .catch(() => undefined)
      .then((verdict) => {
        // It may have been closed meanwhile.
        if (this.#guests.get(guest.socket) !== guest) return
        guest.isWaiting = false
        const refusal = verdict?.admitted ? this.#join(guest, room, self, verdict) : (verdict?.reason ?? 'unavailable')
        if (refusal !== undefined) this.close(guest.socket, refusal)
      })
    return undefined
  }

  #join(guest: Guest, name: string, self: Address, { expiresAtMs, rate }: Admission): CloseReason | undefined {
    if (expiresAtMs !== undefined && expiresAtMs <= this.#dateMs()) return 'token-expired'
    const known = this.#rooms.get(name)
    if (known === undefined && this.#rooms.size >= this.#limits.rooms) return 'too-many-rooms'
    const remote = [...(this.#elsewhere?.peers(name) ?? [])].filter(({ replica }) => !known?.seats.has(replica))
    const later = remote.find(({ replica, incarnation }) => replica === self.replica && incarnation > self.incarnation)
    if (later !== undefined) return 'replaced'
    const others = remote.filter(({ replica }) => replica !== self.replica)
    const isHere = known?.seats.has(self.replica) === true || others.length < remote.length
    if (!isHere && (known?.seats.size ?? 0) + others.length >= this.#limits.peersPerRoom) return 'room-full'
    const room = known ?? this.#newRoom(name)
    if (!room.rate.takesNews(this.#nowMs())) return 'room-rate-exceeded'
    if (!this.#takesOver(room, self)) return 'replaced'
    const peers = [...[...room.seats.values()].map((seat) => seat.self), ...others].slice(0, MAX_PEERS_PER_ROOM)
    const allowed = { ...guest.allowance.rate, ...rate }
    this.#send(guest, encodeRelayFrame({ kind: 'joined', rate: allowed, peers }))
    // It did not even read that: what is gone already would never leave its seat.
    if (this.#guests.get(guest.socket) !== guest) return undefined
    room.rate.news(room.seats.size)
    this.#tell(room, 'came', self)
    this.#sit(guest, room, self, allowed, expiresAtMs)
    this.#tally.joins++
    this.#elsewhere?.joined(name, self)
    this.#ports.seated?.(guest.socket, { room: name, self, rate: allowed, expiresAtMs })
    return undefined
  }

  #newRoom(name: string): RelayRoom {
    return { name, seats: new Map(), rate: new RoomRate(this.#limits, this.#nowMs()) }
  }

  /** An earlier life of the replica, or the same one on an older socket, loses its seat, and nobody is told. */
  #takesOver(room: RelayRoom, { replica, incarnation }: Address): boolean {
    const earlier = room.seats.get(replica)
    if (earlier === undefined) return true
    if (earlier.self.incarnation > incarnation) return false
    this.#unseat(earlier)
    this.close(earlier.guest.socket, 'replaced')
    return true
  }

  #sit(guest: Guest, room: RelayRoom, self: Address, rate: RelayRate, expiresAtMs: number | undefined): void {
    guest.allowance = new Allowance(rate, this.#limits.burstSeconds, this.#nowMs())
    guest.seat = { guest, room, self, expiresAtMs }
    room.seats.set(self.replica, guest.seat)
    // It may have become empty, and been forgotten, while its members were told.
    this.#rooms.set(room.name, room)
  }

  #unseat(seat: Seat): void {
    seat.room.seats.delete(seat.self.replica)
    seat.room.rate.left(seat)
    seat.guest.seat = undefined
  }

  #vacate(seat: Seat): void {
    this.#unseat(seat)
    this.#dropIfEmpty(seat.room)
    this.#elsewhere?.left(seat.room.name, seat.self)
    seat.room.rate.news(seat.room.seats.size)
    this.#tell(seat.room, 'went', seat.self)
  }

  #dissolve(room: RelayRoom): void {
    for (const seat of [...room.seats.values()]) {
      this.#unseat(seat)
      this.#elsewhere?.left(room.name, seat.self)
    }
    this.#dropIfEmpty(room)
  }

  #dropIfEmpty({ name, seats }: RelayRoom): void {
    if (seats.size === 0) this.#rooms.delete(name)
  }

  #tell(room: RelayRoom, kind: 'came' | 'went', peer: Address): void {
    const frame = encodeRelayFrame({ kind, peer })
    for (const seat of [...room.seats.values()]) this.#send(seat.guest, frame)
  }

  #forward(seat: Seat, kind: 'datagram' | 'signal', to: readonly Address[], body: Uint8Array): CloseReason | undefined {
    const { room, self } = seat
    const now = this.#nowMs()
    const heaviest = room.rate.spend(seat, to.length, to.length * body.length, now)
    if (heaviest !== undefined) {
      room.rate.expel(heaviest, now)
      if (heaviest === seat) return 'room-rate-exceeded'
      this.close(heaviest.guest.socket, 'room-rate-exceeded')
    }
    const absent = this.#post.deliver(room, kind, self, to, body)
    if (absent.length === 0) return undefined
    if (this.#elsewhere?.forward(room.name, kind, self, absent, body)) this.#tally.framesForwarded += absent.length
    else this.#tally.framesUndeliverable += absent.length
    return undefined
  }

  #send(guest: Guest, message: Uint8Array | string): void {
    if (this.#guests.has(guest.socket) && !this.#post.send(guest, message)) this.close(guest.socket, 'unresponsive')
  }
}

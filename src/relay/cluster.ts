import type { Address } from '../wire/index.js'
import type { Bus, BusEvents } from './bus.js'
import type { Channels } from './channels.js'
import {
  type BeatMessage,
  type ClusterMessage,
  decodeClusterMessage,
  encodeClusterMessage,
  type ForwardMessage,
  MAX_BEAT_ROOMS,
  MAX_SEATS,
  type RelayId,
  type RoomVersion,
  type Seat,
} from './cluster-message.js'
import type { Elsewhere, ElsewhereEvents } from './elsewhere.js'
import { SharedRoom } from './shared-room.js'

/** How often `tick` is to be called: what is counted in ticks does not pass while this process stands still. */
export const TICK_MS = 1000
/** How often the others hear that we are there, and with it which changes they should know. */
export const BEAT_TICKS = 3
/** Three beats lost, and a little: a relay that is gone is noticed as late as a dead socket of its own would be. */
export const SILENT_TICKS = 10
/** More relays than any service has: what comes from yet another one is not believed. */
const MAX_RELAYS = 256

export interface ClusterCounters {
  /** Others that were heard from lately. */
  readonly relays: number
  /** Messages. */
  readonly published: number
  readonly received: number
  /** Could not be published: the bus is down, or takes less than is sent. */
  readonly dropped: number
  /** Came, and are none. */
  readonly malformed: number
  /** Frames of a sender that is not known to sit where they came from. */
  readonly unplaced: number
}

export interface ClusterOptions {
  /** New for each start. */
  readonly self: RelayId
  readonly channels: Channels
  readonly bus: Bus
  readonly events: ElsewhereEvents
  /** Since 1970. */
  nowMs(): number
}

/**
 * One relay of several that form one service. Each tells the others, room by room, who comes to and goes from it there;
 * since a message may be lost, every change has a number, the beats name the last ones, and who has missed any asks.
 */
export class Cluster implements Elsewhere, BusEvents {
  readonly #self: RelayId
  readonly #channels: Channels
  readonly #bus: Bus
  readonly #events: ElsewhereEvents
  readonly #nowMs: () => number
  /** Those in which somebody sits here. */
  readonly #rooms = new Map<string, SharedRoom>()
  /** Ticks since each was last heard from. */
  readonly #relays = new Map<RelayId, number>()
  /** Of who comes and goes here, in all rooms: no room has the same version twice, not even one that was left and is new. */
  #changes = 0
  #ticks = 0
  #published = 0
  #received = 0
  #dropped = 0
  #malformed = 0
  #unplaced = 0

  /** The bus may begin to tell only afterwards. */
  constructor({ self, channels, bus, events, nowMs }: ClusterOptions) {
    this.#self = self
    this.#channels = channels
    this.#bus = bus
    this.#events = events
    this.#nowMs = nowMs
    bus.subscribe(this.#channels.all)
    bus.subscribe(this.#channels.relay(self))
  }

  joined(name: string, self: Address): void {
    let room = this.#rooms.get(name)
    if (room === undefined) {
      room = new SharedRoom(name)
      this.#rooms.set(name, room)
      this.#bus.subscribe(this.#channels.room(name))
    }
    const seat = room.take(self, this.#nowMs())
    this.#publish(this.#channels.room(name), { kind: 'came', ...this.#changed(room), seat })
  }

  left(name: string, self: Address): void {
    const room = this.#rooms.get(name)
    if (room === undefined || !room.leave(self)) return
    this.#publish(this.#channels.room(name), { kind: 'went', ...this.#changed(room), peer: self })
    if (!room.empty) return
    this.#rooms.delete(name)
    this.#bus.unsubscribe(this.#channels.room(name))
  }

  peers(name: string): Iterable<Address> {
    return (
      this.#rooms
        .get(name)
        ?.seatsElsewhere()
        .map(({ self }) => self) ?? []
    )
  }

  forward(room: string, kind: 'datagram' | 'signal', from: Address, to: readonly Address[], body: Uint8Array): boolean {
    const shared = this.#rooms.get(room)
    if (shared === undefined) return false
    const perRelay = new Map<RelayId, Address[]>()
    for (const peer of to) {
      const relay = shared.findElsewhere(peer)?.relay
      if (relay === undefined) continue
      const there = perRelay.get(relay)
      if (there === undefined) perRelay.set(relay, [peer])
      else there.push(peer)
    }
    for (const [relay, there] of perRelay) {
      this.#publish(this.#channels.relay(relay), { kind, relay: this.#self, room, from, to: there, body })
    }
    return perRelay.size > 0
  }

  /** To be called every `TICK_MS`. */
  tick(): void {
    this.#ticks++
    for (const [relay, silentTicks] of this.#relays) {
      if (silentTicks >= SILENT_TICKS) this.#relays.delete(relay)
      else this.#relays.set(relay, silentTicks + 1)
    }
    for (const room of [...this.#rooms.values()]) {
      for (const relay of room.tick(SILENT_TICKS)) this.#forget(room, relay)
    }
    if (this.#ticks % BEAT_TICKS === 0) this.#beat(this.#channels.all, false)
  }

  /** The others need not wait to see that this relay is gone. */
  close(): void {
    this.#publish(this.#channels.all, { kind: 'bye', relay: this.#self })
  }

  counters(): ClusterCounters {
    return {
      relays: this.#relays.size,
      published: this.#published,
      received: this.#received,
      dropped: this.#dropped,
      malformed: this.#malformed,
      unplaced: this.#unplaced,
    }
  }

  /** Whoever missed changes meanwhile, we or others, asks for those rooms. */
  connected(): void {
    this.#beat(this.#channels.all, true)
  }

  /** Whoever is in a room of ours says who sits there. */
  subscribed(channel: string): void {
    const name = this.#channels.roomOf(channel)
    const room = name === undefined ? undefined : this.#rooms.get(name)
    if (room !== undefined) this.#askOn(channel, room)
  }

  received(bytes: Uint8Array): void {
    let message: ClusterMessage
    try {
      message = decodeClusterMessage(bytes)
    } catch {
      this.#malformed++
      return
    }
    // A bus has everybody hear also of themselves.
    if (message.relay === this.#self) return
    this.#received++
    if (!this.#relays.has(message.relay) && this.#relays.size >= MAX_RELAYS) return
    this.#relays.set(message.relay, 0)
    this.#take(message)
  }

  #take(message: ClusterMessage): void {
    if (message.kind === 'beat') return this.#takeBeat(message)
    if (message.kind === 'bye') return this.#takeBye(message.relay)
    const room = this.#rooms.get(message.room)
    // Left meanwhile.
    if (room === undefined) return
    switch (message.kind) {
      case 'ask':
        return this.#tellSeats(room, this.#channels.relay(message.relay))
      case 'seats':
        return this.#takeSeats(room, message.relay, message)
      case 'came':
        this.#follow(room, message)
        return this.#came(room, message.relay, message.seat)
      case 'went':
        this.#follow(room, message)
        if (room.dismiss(message.relay, message.peer)) this.#events.wentElsewhere(room.name, message.peer)
        return
      case 'datagram':
      case 'signal':
        return this.#takeForward(room, message)
    }
  }

  #takeBeat({ relay, asking, rooms }: BeatMessage): void {
    for (const { room: name, version } of rooms) {
      const room = this.#rooms.get(name)
      if (room !== undefined && room.share(relay).version !== version) this.#ask(room, relay)
    }
    if (asking) this.#beat(this.#channels.relay(relay), false)
  }

  #takeBye(relay: RelayId): void {
    this.#relays.delete(relay)
    for (const room of [...this.#rooms.values()]) this.#forget(room, relay)
  }

  #takeSeats(room: SharedRoom, relay: RelayId, { version, seats }: { version: number; seats: readonly Seat[] }): void {
    room.share(relay).version = version
    const staying = new Set(seats.map(({ self }) => self.replica))
    for (const seat of room.seatsElsewhere()) {
      if (seat.relay !== relay || staying.has(seat.self.replica)) continue
      room.dismiss(relay, seat.self)
      this.#events.wentElsewhere(room.name, seat.self)
    }
    for (const seat of seats) this.#came(room, relay, seat)
  }

  #takeForward(room: SharedRoom, { kind, relay, from, to, body }: ForwardMessage): void {
    if (room.findElsewhere(from)?.relay === relay) return this.#events.arrived(room.name, kind, from, to, body)
    this.#unplaced++
    this.#ask(room, relay)
  }

  /** Takes note of the change's number; a gap before it is asked for. */
  #follow(room: SharedRoom, { relay, before, version }: { relay: RelayId; before: number; version: number }): void {
    const share = room.share(relay)
    if (before === 0) {
      // It was not in the room before: nobody else sits there, and it knows of nobody here.
      this.#tellSeats(room, this.#channels.relay(relay))
      for (const peer of room.forget(relay)) this.#events.wentElsewhere(room.name, peer)
      room.share(relay).version = version
    } else if (share.version === before) {
      share.version = version
    } else {
      this.#ask(room, relay)
    }
  }

  #came(room: SharedRoom, relay: RelayId, seat: Seat): void {
    // Whose seat here was the last one has closed the room by that.
    if (room.empty) return
    const { came, lost } = room.admit(this.#self, relay, seat)
    if (lost !== undefined) this.#events.wentElsewhere(room.name, lost)
    if (came) this.#events.cameElsewhere(room.name, seat.self)
  }

  #forget(room: SharedRoom, relay: RelayId): void {
    for (const peer of room.forget(relay)) this.#events.wentElsewhere(room.name, peer)
  }

  /** Once per tick: the answer to the first question answers them all. */
  #ask(room: SharedRoom, relay: RelayId): void {
    const share = room.share(relay)
    share.asked ||= this.#askOn(this.#channels.relay(relay), room)
  }

  /** Whoever learns who sits there may send frames at once: before that it has to be known there who sits here. */
  #askOn(channel: string, room: SharedRoom): boolean {
    this.#tellSeats(room, channel)
    return this.#publish(channel, { kind: 'ask', relay: this.#self, room: room.name })
  }

  #tellSeats(room: SharedRoom, channel: string): void {
    const { name, version } = room
    const seats = room.seatsHere().slice(0, MAX_SEATS)
    this.#publish(channel, { kind: 'seats', relay: this.#self, room: name, version, seats })
  }

  #beat(channel: string, asking: boolean): void {
    const rooms: RoomVersion[] = [...this.#rooms.values()].map(({ name, version }) => ({ room: name, version }))
    // Who is in no room says only that it is there.
    for (let at = 0; at === 0 || at < rooms.length; at += MAX_BEAT_ROOMS) {
      const some = rooms.slice(at, at + MAX_BEAT_ROOMS)
      this.#publish(channel, { kind: 'beat', relay: this.#self, asking: asking && at === 0, rooms: some })
    }
  }

  #changed(room: SharedRoom): { relay: RelayId; room: string; before: number; version: number } {
    const before = room.version
    room.version = ++this.#changes
    return { relay: this.#self, room: room.name, before, version: room.version }
  }

  #publish(channel: string, message: ClusterMessage): boolean {
    const isPublished = this.#bus.publish(channel, encodeClusterMessage(message))
    if (isPublished) this.#published++
    else this.#dropped++
    return isPublished
  }
}

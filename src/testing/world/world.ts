import { createRoomIn, loadAll, openRoomIn, type Room, type RoomOptions } from '../../room/index.js'
import type { AnyState, ExportedState } from '../../state/index.js'
import { Chance } from './chance.js'
import { Device } from './device.js'
import { type Latency, VirtualNetwork } from './network.js'
import { VirtualProcess, type WriteTimes } from './process.js'
import { unrest } from './settled.js'
import { TimeIsUp } from './time-is-up.js'
import { Timeline } from './timeline.js'

export interface WorldOptions {
  /** Any integer: equal seeds, and equal calls, give equal histories. Default: 1. */
  readonly seed?: number
  /** How long each packet takes, at least and at most. Default: [5, 50]. */
  readonly latencyMs?: Latency
  /** How long each write to a disk takes, at least and at most. Default: [1, 5]. */
  readonly writeMs?: WriteTimes
  /** What `tx.now` begins with, in milliseconds since 1970. Default: the first of January 2026. */
  readonly startMs?: number
}

/** As `RoomOptions`, but for what is the world's. */
export type MemberOptions = Omit<RoomOptions<AnyState>, 'state' | 'storage' | 'transport' | 'tabs'>

export interface FoundingOptions extends MemberOptions {
  /** What the room begins with. */
  readonly from?: ExportedState
}

/** Where a room lives, and how it was opened. */
interface Seat {
  readonly device: Device
  readonly process: VirtualProcess
  readonly state: AnyState
  readonly options: MemberOptions
}

const LIMIT_MS = 60_000
/** A room's status is some 100 ms old at most: what two looks agree upon is so. */
const LOOK_MS = 150

/**
 * Rooms in one process, real but for their clock, network and disks, which are virtual: time passes only while one of the
 * methods that return a promise is under way, and as fast as the machine allows.
 */
export class World {
  readonly #timeline = new Timeline()
  readonly #chance: Chance
  readonly #network: VirtualNetwork
  readonly #writeTimes: WriteTimes
  readonly #startMs: number
  /** Of all rooms that were ever opened. */
  readonly #seats = new Map<Room<AnyState>, Seat>()

  constructor({ seed = 1, latencyMs = [5, 50], writeMs = [1, 5], startMs = Date.UTC(2026, 0, 1) }: WorldOptions = {}) {
    this.#chance = new Chance(seed)
    this.#network = new VirtualNetwork(this.#timeline, this.#chance.fork(), latencyMs)
    this.#writeTimes = writeMs
    this.#startMs = startMs
  }

  /** Milliseconds of virtual time since the world began. */
  get nowMs(): number {
    return this.#timeline.nowMs
  }

  /** Founds a room, on a device of its own. */
  found<S extends AnyState>(state: S, options: FoundingOptions = {}): Promise<Room<S>> {
    return this.#begin(state, options, this.#newDevice(), (environment, all) => createRoomIn(environment, all))
  }

  /**
   * Comes into the room of another one, on a device of its own, by the other's definition of the state or by one that is
   * given. As `openRoom`: whether its state has come is for its status to say.
   */
  join<S extends AnyState>(room: Room<S>, options?: MemberOptions): Promise<Room<S>>
  join<S extends AnyState>(room: Room<AnyState>, options: MemberOptions & { readonly state: S }): Promise<Room<S>>
  join(room: Room<AnyState>, options: MemberOptions & { readonly state?: AnyState } = {}): Promise<Room<AnyState>> {
    const { state } = { ...this.#seatOf(room), ...options }
    const invite = room.invite()
    return this.#begin(state, options, this.#newDevice(), (environment, all) => openRoomIn(environment, invite, all))
  }

  /**
   * Opens a room again that has crashed, or was closed, on what its device has stored; with the same options unless some are
   * given, and by the same definition of the state, or by one that is given: a later version of it.
   */
  restart<S extends AnyState>(room: Room<S>, options?: MemberOptions): Promise<Room<S>>
  restart<S extends AnyState>(room: Room<AnyState>, options: MemberOptions & { readonly state: S }): Promise<Room<S>>
  restart(room: Room<AnyState>, options?: MemberOptions & { readonly state?: AnyState }): Promise<Room<AnyState>> {
    const seat = this.#seatOf(room)
    if (seat.process.alive && room.status.get().role !== 'closed') {
      throw new TypeError(`member ${room.id} is there still: crash or close its room before it is opened again`)
    }
    seat.process.end()
    const { state } = { ...seat, ...options }
    const invite = room.invite()
    return this.#begin(state, options ?? seat.options, seat.device, (environment, all) =>
      openRoomIn(environment, invite, all),
    )
  }

  /**
   * The room's process ends at once, as by a power failure: writes under way are lost, the others are told nothing but that
   * it is gone. Its promises never settle.
   */
  crash(room: Room<AnyState>): void {
    const { process } = this.#seatOf(room)
    if (!process.alive) return
    process.end()
    this.#network.vanish(room.id)
  }

  /**
   * From now on only members of the same part reach each other; those that are in none are a part together. What is under
   * way between two parts is lost.
   */
  partition(...parts: readonly (readonly Room<AnyState>[])[]): void {
    this.#network.partition(parts.map((rooms) => rooms.map(({ id }) => id)))
  }

  /** From now on all members reach each other. */
  heal(): void {
    this.#network.heal()
  }

  /** From now on each packet is lost with this probability, and each other one comes twice with the same. */
  lossy(probability: number): void {
    this.#network.lossy(probability)
  }

  /** Lets so many virtual milliseconds pass. */
  run(ms: number): Promise<void> {
    return this.#timeline.run(ms)
  }

  /**
   * Lets time pass until a promise has settled, which it resolves or rejects with, or until a condition holds. An `await`
   * alone would last for ever: no time passes meanwhile.
   * @throws TimeIsUp, after 60 s of virtual time unless given
   */
  async until<T>(promise: Promise<T>, limitMs?: number): Promise<T>
  async until(condition: () => boolean, limitMs?: number): Promise<void>
  async until(what: Promise<unknown> | (() => boolean), limitMs: number = LIMIT_MS): Promise<unknown> {
    if (typeof what === 'function') return this.#untilHolds(what, limitMs, 'the condition does not hold')
    let settled = false
    const end = (): void => {
      settled = true
    }
    what.then(end, end)
    await this.#untilHolds(() => settled, limitMs, 'the promise has not settled')
    return what
  }

  /**
   * Lets time pass until all rooms that are open have come to rest: each has its state, nothing waits for an answer, and
   * all of a group have executed the same.
   * @throws TimeIsUp, after 60 s of virtual time unless given
   */
  async settle(limitMs: number = LIMIT_MS): Promise<void> {
    let calm = false
    for (const endMs = this.nowMs + limitMs; ; await this.run(LOOK_MS)) {
      const reason = unrest(this.#open)
      if (reason === undefined && calm) return
      calm = reason === undefined
      if (this.nowMs >= endMs) throw new TimeIsUp(limitMs, reason ?? 'it has not come to rest')
    }
  }

  /** Closes all rooms that are open. */
  async close(): Promise<void> {
    await this.until(Promise.all(this.#open.map((room) => room.close())))
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #untilHolds(condition: () => boolean, limitMs: number, stillTrue: string): Promise<void> {
    let holds = false
    await this.#timeline.run(limitMs, () => {
      holds = condition()
      return holds
    })
    if (!holds) throw new TimeIsUp(limitMs, stillTrue)
  }

  get #open(): readonly Room<AnyState>[] {
    const open = [...this.#seats].filter(
      ([room, { process }]) => process.alive && !['closed', 'stopped'].includes(room.status.get().role),
    )
    return open.map(([room]) => room)
  }

  #newDevice(): Device {
    return new Device(this.#chance.id())
  }

  #seatOf(room: Room<AnyState>): Seat {
    const seat = this.#seats.get(room)
    if (seat === undefined) throw new TypeError(`member ${room.id} is none of this world: found it here, or join it`)
    return seat
  }

  async #begin<S extends AnyState>(
    state: S,
    options: MemberOptions,
    device: Device,
    open: (environment: VirtualProcess['environment'], options: RoomOptions<S>) => Promise<Room<S>>,
  ): Promise<Room<S>> {
    const process = new VirtualProcess(this.#timeline, this.#chance.fork(), device, this.#writeTimes, this.#startMs)
    const { storage, environment } = process
    const { transport } = this.#network
    // What is loaded late takes real time, and a history is to depend on none.
    await loadAll()
    const room = await this.until(open(environment, { ...options, state, storage, transport, tabs: 'separate' }))
    this.#seats.set(room, { device, process, state, options })
    return room
  }
}

/** A world in which rooms can be tested: see `World`. */
export const testWorld = (options?: WorldOptions): World => new World(options)

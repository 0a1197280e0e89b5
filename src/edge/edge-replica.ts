import type { EdgeRelay } from '../relay/edge.js'
import { NotAMember, openRoomIn, type Room, type RoomOptions, type RoomStatus } from '../room/index.js'
import type { AnyState } from '../state/index.js'
import { durableObject } from '../storage/durable-object.js'
import { webSocket } from '../transport/index.js'
import { environmentOf } from './environment.js'
import type { ReplicaObjectState } from './platform.js'
import { Timekeeper } from './timekeeper.js'

/** Under which the object keeps the invite that its replica came by. */
const INVITE_KEY = 'epaxos-invite'

/** How often it is looked whether the replica may rest, or has stopped. */
const LOOK_MS = 1000

/** Alone and with nothing to do for so long, it rests: whoever reloads a page is back sooner. */
const REST_AFTER_MS = 5000

/** A replica that has stopped comes back as another one, which may stop for the same reason. */
const REOPEN_MS = { first: 1000, longest: 300_000 }

/** What the room of an edge replica may be given; where it stores and how it connects is settled. */
export type EdgeRoomOptions<S extends AnyState> = Omit<RoomOptions<S>, 'state' | 'storage' | 'transport' | 'tabs'>

/** The replica in an object, where it was given an invite. It reaches the others by the relay in the same object. */
export class EdgeReplica<S extends AnyState> {
  readonly #state: S
  readonly #options: EdgeRoomOptions<S>
  readonly #storage: ReplicaObjectState['storage']
  readonly #relay: EdgeRelay
  readonly #time = new Timekeeper()
  #invite: string | undefined
  #room: Room<S> | undefined
  /** Why there is no room, though there is an invite. */
  #fault: string | undefined
  #reopenMs = REOPEN_MS.first
  #reopenAtMs = 0
  #idleSinceMs: number | undefined
  /** How many use the room right now. */
  #users = 0
  #cancelLook = (): void => {}
  /** Ends with what was asked for last: one after the other, so that there is one replica. */
  #asked: Promise<unknown> = Promise.resolve()

  constructor(state: S, options: EdgeRoomOptions<S>, storage: ReplicaObjectState['storage'], relay: EdgeRelay) {
    this.#state = state
    this.#options = options
    this.#storage = storage
    this.#relay = relay
  }

  /** The live room; undefined while there is none. */
  get room(): Room<S> | undefined {
    return this.#room
  }

  get fault(): string | undefined {
    return this.#fault
  }

  /** Nobody else is here and there is nothing to do: no timer keeps the object in memory. */
  get resting(): boolean {
    return this.#time.resting
  }

  /** Comes back where it was, if it was anywhere. Never rejects: the relay goes on without it. */
  resume(): Promise<void> {
    return this.#inTurn(async () => {
      const invite = await this.#storage.get(INVITE_KEY)
      if (typeof invite !== 'string') return
      this.#invite = invite
      await this.#reopen()
      this.#lookLater()
    })
  }

  /** Comes into the room of an invite, for good; where it is in it, nothing happens. @throws what `openRoom` throws */
  join(invite: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#invite !== undefined) return
      this.stirred()
      // Before anybody may rely on it: a voter has to come back.
      await this.#storage.put(INVITE_KEY, invite)
      await this.#storage.sync()
      try {
        this.#room = await this.#open(invite)
      } catch (error) {
        await this.#storage.delete(INVITE_KEY)
        throw error
      }
      this.#invite = invite
      this.#lookLater()
    })
  }

  /** @throws LastVoter, NotAMember */
  leave(force: boolean): Promise<void> {
    return this.#inTurn(async () => {
      this.stirred()
      if (!force) await this.#reopen()
      // What it has promised is still there: to forget it without a word would cost the room a voter.
      if (!force && this.#room === undefined && this.#invite !== undefined) {
        throw new NotAMember(`its replica can't be opened (${this.#fault}): wait, or leave by force`)
      }
      await this.#room?.leave({ force })
      this.#cancelLook()
      this.#room = undefined
      this.#fault = undefined
      this.#invite = undefined
      await this.#storage.delete(INVITE_KEY)
      await this.#storage.sync()
    })
  }

  /** Has somebody use the room, if there is one: until that is over it does not rest. */
  async during<R>(use: (room: Room<S> | undefined) => R | Promise<R>): Promise<R> {
    this.stirred()
    this.#users++
    try {
      return await use(this.#room)
    } finally {
      this.#users--
    }
  }

  /** Something comes from outside. */
  stirred(): void {
    this.#idleSinceMs = undefined
    this.#time.wake()
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#asked.then(task)
    this.#asked = done.catch(() => {})
    return done
  }

  #open(invite: string): Promise<Room<S>> {
    return openRoomIn(environmentOf(this.#time), invite, {
      ...this.#options,
      state: this.#state,
      storage: durableObject(this.#storage),
      transport: webSocket({ clock: this.#time, socket: () => this.#relay.dial() }),
      tabs: 'separate',
    })
  }

  async #reopen(): Promise<void> {
    if (this.#invite === undefined || this.#room !== undefined) return
    try {
      this.#room = await this.#open(this.#invite)
      this.#fault = undefined
    } catch (error) {
      this.#failed(String(error))
    }
  }

  #failed(fault: string | undefined): void {
    this.#room = undefined
    this.#fault = fault
    this.#reopenAtMs = this.#time.nowMs() + this.#reopenMs
    this.#reopenMs = Math.min(REOPEN_MS.longest, 2 * this.#reopenMs)
  }

  #lookLater(): void {
    this.#cancelLook = this.#time.after(LOOK_MS, () => this.#look())
  }

  #look(): void {
    const room = this.#room
    const status = room?.status.get()
    const now = this.#time.nowMs()
    if (status?.role === 'voter') this.#reopenMs = REOPEN_MS.first
    // Where it is, and for how long, is the operator's to say: one that was closed by somebody else comes back.
    if (room !== undefined && (status?.role === 'stopped' || status?.role === 'closed')) {
      this.#failed(status.reason)
      void this.#inTurn(() => room.close())
    } else if (room === undefined && now >= this.#reopenAtMs) void this.#inTurn(() => this.#reopen())
    const isUsed = this.#users > 0 || this.#relay.sockets > 0 || (status !== undefined && isBusy(status))
    if (isUsed) this.#idleSinceMs = undefined
    else this.#idleSinceMs ??= now
    if (this.#idleSinceMs !== undefined && now - this.#idleSinceMs >= REST_AFTER_MS) this.#time.rest()
    this.#lookLater()
  }
}

/** Whether anything is under way that can come to an end without anybody else. */
const isBusy = ({ quorum, pending, behind }: RoomStatus): boolean => quorum !== 'none' && pending + behind > 0

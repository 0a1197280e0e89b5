import type { ReplicaId, Tuning } from '../core/index.js'
import { autopilot, type Policy } from '../member/index.js'
import { type AddResult, type CompareAndSetResult, type Json, replicatedMap } from '../state/index.js'
import type { StorageFactory } from '../storage/index.js'
import { memory } from '../storage/memory.js'
import type { Address, Link, LinkOptions, TransportFactory } from '../transport/index.js'
import { localNetwork } from '../transport/local.js'
import { webSocket } from '../transport/websocket.js'
import { decodePacket, type Packet } from '../wire/index.js'
import { randomId } from './ids.js'
import { createRoom, openRoom, parseInvite, type Room, type RoomStatus } from './index.js'

/** Test equipment: rooms over an in-process network. */

export type MapState = ReturnType<typeof replicatedMap>
export type MapRoom = Room<MapState>

/** The map of a room, by a short hand. */
export interface ShortHand {
  get(key: string): Promise<Json | undefined>
  set(key: string, value: Json): Promise<void>
  delete(key: string): Promise<boolean>
  compareAndSet(key: string, expected: Json | undefined, wanted: Json | undefined): Promise<CompareAndSetResult>
  add(key: string, by: number): Promise<AddResult>
}

export const mapOf = (room: MapRoom | undefined): ShortHand => {
  if (room === undefined) throw new Error('there is no such room')
  const { mutate } = room
  return {
    get: (key) => mutate.get({ key }),
    set: (key, value) => mutate.set({ key, value }),
    delete: (key) => mutate.delete({ key }),
    compareAndSet: (key, expected, wanted) =>
      mutate.compareAndSet({
        key,
        ...(expected !== undefined && { expected }),
        ...(wanted !== undefined && { wanted }),
      }),
    add: (key, by) => mutate.add({ key, by }),
  }
}

const opened: { close(): Promise<void> }[] = []
/** Closes all that were opened since. */
export const closeAll = async (): Promise<void> => {
  await Promise.all(opened.splice(0).map((room) => room.close()))
}

/** Has `closeAll` close it, too. */
export const toBeClosed = <R extends { close(): Promise<void> }>(room: R): R => {
  opened.push(room)
  return room
}

/** A machine of its own, or a browser profile: whose members don't fall with others. */
export const elsewhere = (storage: StorageFactory = memory()): StorageFactory => {
  const place = randomId()
  return {
    durable: storage.durable,
    identities: (room) => storage.identities(room),
    open: (room, replica) => storage.open(room, replica),
    quarantine: (room, replica) => storage.quarantine(room, replica),
    place: async () => place,
  }
}

/** Replaces voters soon, and lets those vote that keep nothing. */
export const eager: Policy = autopilot({ memoryVoters: true, graceMs: 300 })

interface Equipment {
  readonly storage?: StorageFactory
  readonly policy?: Policy | false
  readonly tuning?: Partial<Tuning>
  readonly state?: MapState
}

/** All of them are of one origin here, and stand for machines of their own. */
const tabs = 'separate'

/** Founds a room. */
export const found = async (
  transport: TransportFactory,
  { storage = elsewhere(), policy = eager, tuning = {}, state = replicatedMap() }: Equipment = {},
): Promise<MapRoom> => toBeClosed(await createRoom({ state, storage, transport, tabs, autopilot: policy, tuning }))

/** Comes by the invite of a room. */
export const join = async (
  invite: string,
  transport: TransportFactory,
  { storage = elsewhere(), policy = eager, tuning = {}, state = replicatedMap() }: Equipment = {},
): Promise<MapRoom> =>
  toBeClosed(await openRoom(invite, { state, storage, transport, tabs, autopilot: policy, tuning }))

/** Servers with one fixed list, each of which can be started, also again. */
export class Servers {
  readonly group: string = randomId()
  readonly ids: readonly ReplicaId[]
  readonly transport: TransportFactory

  constructor(transport: TransportFactory, count: number = 3) {
    this.transport = transport
    this.ids = Array.from({ length: count }, randomId).sort()
  }

  /** @param slot of the server in the list */
  async start(
    slot: number,
    { storage = elsewhere(), tuning = {}, state = replicatedMap() }: Omit<Equipment, 'policy'> = {},
    transport: TransportFactory = this.transport,
  ): Promise<MapRoom> {
    const { group, ids: voters } = this
    const id = voters[slot] as ReplicaId
    return toBeClosed(await createRoom({ state, storage, transport, tuning, group, voters, id }))
  }
}

export const three = async (
  transport: TransportFactory = localNetwork().transport,
): Promise<[MapRoom, MapRoom, MapRoom]> => {
  const servers = new Servers(transport)
  return [await servers.start(0), await servers.start(1), await servers.start(2)]
}

/** What a member lives on that meets others over a relay, on a machine of its own. */
export const overRelay = () => ({
  state: replicatedMap(),
  storage: elsewhere(),
  transport: webSocket(),
  autopilot: eager,
})

/** Three voters that have met over this relay. */
export const threeOverRelay = async (relay: string): Promise<readonly [MapRoom, MapRoom, MapRoom]> => {
  const first = toBeClosed(await createRoom({ ...overRelay(), relay }))
  const second = toBeClosed(await openRoom(first.invite(), overRelay()))
  const third = toBeClosed(await openRoom(first.invite(), overRelay()))
  for (const room of [first, second, third]) await until(room, ({ role }) => role === 'voter')
  return [first, second, third]
}

/** A transport with something done to its links, or on the way to them; sealed as little as the one that it stands on. */
export const altered = (
  transport: TransportFactory,
  alter: (link: Link, options: LinkOptions) => Link,
): TransportFactory =>
  Object.assign((options: LinkOptions) => alter(transport(options), options), {
    withinProcess: transport.withinProcess ?? false,
  })

/** A transport whose packets are looked at, and lost where `passes` says no. */
export const tapped = (
  transport: TransportFactory,
  passes: (packet: Packet, from: Address) => boolean,
): TransportFactory =>
  altered(transport, (link, { self }) => {
    const send = link.send.bind(link)
    link.send = (to, bytes) => (passes(decodePacket(bytes), self) ? send(to, bytes) : true)
    link.sendAll = (to, bytes) => {
      for (const one of to) link.send(one, bytes)
    }
    return link
  })

/** What the members of a room call it to their relay. */
export const relayRoom = (room: MapRoom): string => {
  const { group, secret } = parseInvite(room.invite())
  return `${group}/${secret}`
}

/** Resolves with the first status that fits. */
export const until = ({ status }: MapRoom, fits: (status: RoomStatus) => boolean): Promise<RoomStatus> =>
  new Promise((resolve) => {
    const look = (now: RoomStatus): void => {
      if (!fits(now)) return
      unsubscribe()
      resolve(now)
    }
    const unsubscribe = status.subscribe(look)
    queueMicrotask(() => look(status.get()))
  })

export const contents = ({ executed }: MapRoom): Record<string, Json> =>
  Object.fromEntries([...executed.get().scan()].sort())

/** More than that many at once would go as ever larger batches. */
export const AT_ONCE = 100

/** Adds 1 so often (a multiple of `AT_ONCE`), to keys that only some of the additions have in common. */
export const addMany = async (room: MapRoom, count: number): Promise<void> => {
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => mapOf(room).add(`count ${i % 7}`, 1)))
  }
}

/** Of all that was added, as far as it was executed here. */
export const sumOf = ({ executed }: MapRoom): number =>
  [...executed.get().scan()].reduce((sum, [, value]) => sum + Number(value), 0)

/** Web Locks, which Node has none of; exclusive ones, as one origin sees them. */
export class Locks {
  readonly #held = new Map<string, Promise<unknown>>()

  async request(
    name: string,
    { ifAvailable, signal }: LockOptions,
    callback: (lock: Lock | null) => Promise<unknown> | undefined,
  ): Promise<unknown> {
    for (let held = this.#held.get(name); held !== undefined; held = this.#held.get(name)) {
      if (ifAvailable) return callback(null)
      await Promise.race([held, signal && rejection(signal)])
    }
    const released = Promise.resolve(callback({ name, mode: 'exclusive' }))
    this.#held.set(name, released)
    await released
    this.#held.delete(name)
  }
}

const rejection = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason))
  })

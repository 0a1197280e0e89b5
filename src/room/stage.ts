import { type Json, type ReplicatedMap, replicatedMap } from '../state/index.js'
import type { StorageFactory } from '../storage/index.js'
import { memory } from '../storage/memory.js'
import type { TransportFactory } from '../transport/index.js'
import type { LocalNetwork } from '../transport/local.js'
import { openRoom, type Room, type RoomStatus } from './index.js'

/** Test equipment: rooms over an in-process network. */

export type MapRoom = Room<ReplicatedMap>

const opened: { close(): Promise<void> }[] = []
/** Closes all that were opened since. */
export const closeAll = async (): Promise<void> => {
  await Promise.all(opened.splice(0).map((room) => room.close()))
}

/** Has `closeAll` close it, too. */
export const toBeClosed = (room: { close(): Promise<void> }): void => {
  opened.push(room)
}

export const enter = async (transport: TransportFactory, storage: StorageFactory = memory()): Promise<MapRoom> => {
  const room = await openRoom({ name: 'room', state: replicatedMap(), storage, transport })
  opened.push(room)
  return room
}

export const three = async ({ transport }: LocalNetwork): Promise<[MapRoom, MapRoom, MapRoom]> => [
  await enter(transport),
  await enter(transport),
  await enter(transport),
]

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

export const contents = ({ state }: MapRoom): Record<string, Json> =>
  Object.fromEntries([...state.local.entries()].sort())

/** More than that many at once would go as ever larger batches. */
export const AT_ONCE = 100

/** Adds 1 so often (a multiple of `AT_ONCE`), to keys that only some of the additions have in common. */
export const addMany = async ({ state }: MapRoom, count: number): Promise<void> => {
  for (let done = 0; done < count; done += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => state.add(`count ${i % 7}`, 1)))
  }
}

/** Of all that was added, as far as it was executed here. */
export const sumOf = ({ state }: MapRoom): number =>
  [...state.local.entries()].reduce((sum, [, value]) => sum + Number(value), 0)

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

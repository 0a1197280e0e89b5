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

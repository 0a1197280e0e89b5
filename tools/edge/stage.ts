import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { WebSocket } from 'ws'
import { createRoom, openRoom, type Room, type RoomStatus } from '../../src/room/index.js'
import { replicatedMap } from '../../src/state/index.js'
import type { StorageFactory } from '../../src/storage/index.js'
import { lmdb } from '../../src/storage/lmdb.js'
import { type TransportFactory, webSocket } from '../../src/transport/index.js'
import type { Workerd } from '../workerd.js'

/** Test equipment: rooms whose members are in Node, on machines of their own, and meet at the edge. */

export type MapRoom = Room<ReturnType<typeof replicatedMap>>

const rooms: MapRoom[] = []
const folders: string[] = []

const toBeClosed = (room: MapRoom): MapRoom => {
  rooms.push(room)
  return room
}

/** A machine of its own: what it stores outlives the rooms on it. */
export const machine = (): StorageFactory => {
  const path = mkdtempSync(join(tmpdir(), 'epaxos-edge-'))
  folders.push(path)
  return lmdb({ path })
}

/** Closes all rooms, and removes what they have stored. */
export const cleared = async (): Promise<void> => {
  await Promise.all(rooms.splice(0).map((room) => room.close()))
  await Promise.all(folders.splice(0).map((path) => rm(path, { recursive: true })))
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

/** Links that name their room in the URL, too. */
const transport: TransportFactory = (options) =>
  webSocket({
    socket: (relay) => {
      const url = new URL(relay)
      url.searchParams.set('room', options.room)
      return new WebSocket(url) as never
    },
  })(options)

export const foundAt = async ({ relay }: Workerd, storage: StorageFactory = machine()): Promise<MapRoom> =>
  toBeClosed(await createRoom({ relay, state: replicatedMap(), storage, transport, tabs: 'separate' }))

export const joinBy = async (invite: string, storage: StorageFactory = machine()): Promise<MapRoom> =>
  toBeClosed(await openRoom(invite, { state: replicatedMap(), storage, transport, tabs: 'separate' }))

/** What the operator is told of a replica at the edge. */
export interface EdgeStatus {
  readonly room: string
  readonly id: string
  readonly incarnation: number
  readonly role: string
  readonly epoch?: number
  readonly voters: readonly string[]
  readonly resting: boolean
}

/** As the operator would ask. */
export const operate = (
  { url, operator }: Workerd,
  method: 'GET' | 'PUT' | 'DELETE',
  query: string,
  body?: string,
): Promise<Response> =>
  fetch(`${url}/replica${query}`, {
    method,
    headers: { authorization: `Bearer ${operator}` },
    ...(body !== undefined && { body }),
  })

/** As the application of tools/edge/room-worker.ts takes it. @param path below `/app/`, and may have a query */
export const apply = (
  { url, operator }: Workerd,
  room: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Response> => {
  const target = new URL(`/app/${path}`, url)
  target.searchParams.set('room', room)
  return fetch(target, {
    headers: { authorization: `Bearer ${operator}` },
    ...(body !== undefined && { method: 'PUT', body: JSON.stringify(body) }),
    ...(signal !== undefined && { signal }),
  })
}

/** Puts a replica into a room. */
export const placeIn = async (room: MapRoom, workerd: Workerd): Promise<EdgeStatus> =>
  (await operate(workerd, 'PUT', '', room.invite())).json() as Promise<EdgeStatus>

export const edgeStatus = async (workerd: Workerd, room: string): Promise<EdgeStatus> =>
  (await operate(workerd, 'GET', `?room=${room}`)).json() as Promise<EdgeStatus>

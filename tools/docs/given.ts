/**
 * What the blocks of all pages may use without saying where it comes from: the seat map of the guide, the room that is
 * open on it, and what rooms are made of. A block that declares one of these names itself means its own.
 */
export const given: string = `
import type * as epaxos from 'epaxos'
import type { memory } from 'epaxos/storage/memory'
import type { webSocket } from 'epaxos/transport/websocket'
import type { seats as theSeats } from './guide/seats.ts'

declare global {
  const seats: typeof theSeats
  const room: epaxos.Room<typeof theSeats>
  const state: typeof theSeats
  const storage: ReturnType<typeof memory>
  const transport: ReturnType<typeof webSocket>
  const relay: string
  const group: string
  const invite: string

  const createRoom: typeof epaxos.createRoom
  const openRoom: typeof epaxos.openRoom
  const rebuildRoom: typeof epaxos.rebuildRoom
  const autopilot: typeof epaxos.autopilot
  const defineState: typeof epaxos.defineState
  const refuse: typeof epaxos.refuse
  const read: typeof epaxos.read
  const readRange: typeof epaxos.readRange
  const write: typeof epaxos.write
  const writeRange: typeof epaxos.writeRange
}
`

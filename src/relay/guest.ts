import type { Address, CloseReason, ReplicaId } from '../wire/index.js'
import type { Allowance } from './allowance.js'
import type { RoomRate } from './room-rate.js'

/** A WebSocket, as far as the rooms need one. None of its methods throws. */
export interface RelaySocket {
  /** Where it comes from: an IPv4 or IPv6 address. Undefined: nobody knows, and limits per address don't hold for it. */
  readonly address?: string | undefined
  /** In order. Nothing is sent after `close`. */
  send(message: Uint8Array | string): void
  close(reason: CloseReason): void
  /** Sent, and not yet handed to the network. */
  bufferedBytes(): number
}

/** A socket that is connected. */
export interface Guest {
  readonly socket: RelaySocket
  /** What its address counts as. */
  readonly network: string | undefined
  readonly sinceMs: number
  allowance: Allowance
  /** It has asked for a seat, and whether it may have one is being found out. */
  isWaiting: boolean
  /** Undefined until it joins. */
  seat: Seat | undefined
}

export interface Seat {
  readonly guest: Guest
  readonly room: RelayRoom
  readonly self: Address
  readonly expiresAtMs: number | undefined
}

/** There as long as somebody sits in it. */
export interface RelayRoom {
  readonly name: string
  /** In join order. */
  readonly seats: Map<ReplicaId, Seat>
  readonly rate: RoomRate<Seat>
}

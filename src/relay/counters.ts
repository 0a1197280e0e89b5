import type { CloseReason } from '../wire/index.js'

export interface RelayCounters {
  /** Connected now, joined or not. */
  readonly sockets: number
  readonly rooms: number
  /** How often a seat was taken. */
  readonly joins: number
  /** Of all kinds, liveness questions included. */
  readonly framesReceived: number
  readonly bytesReceived: number
  readonly framesSent: number
  readonly bytesSent: number
  /** Once for each receiver, here or at another relay of the service. */
  readonly framesForwarded: number
  /** To a peer, or a life of it, that is not here. */
  readonly framesUndeliverable: number
  /** To a peer that reads too slowly. */
  readonly framesDropped: number
  /** How many sockets were closed, by reason. */
  readonly closed: Readonly<Partial<Record<CloseReason, number>>>
}

/** What rooms and guests count in. */
export type Tally = { -readonly [Name in Exclude<keyof RelayCounters, 'sockets' | 'rooms' | 'closed'>]: number } & {
  readonly closed: Partial<Record<CloseReason, number>>
}

export const newTally = (): Tally => ({
  joins: 0,
  framesReceived: 0,
  bytesReceived: 0,
  framesSent: 0,
  bytesSent: 0,
  framesForwarded: 0,
  framesUndeliverable: 0,
  framesDropped: 0,
  closed: {},
})

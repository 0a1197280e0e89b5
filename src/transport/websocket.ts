import { type Clock, systemClock } from './clock.js'
import type { TransportFactory } from './contract.js'
import { lateTransport } from './late-transport.js'
import { relayedLinks } from './programs.js'
import type { WebSocketLike } from './relay-socket.js'

export type { WebSocketLike } from './relay-socket.js'

export interface WebSocketOptions {
  /**
   * What lets the link in, where the relay asks for that: at most 4096 characters of printable ASCII. A function is
   * asked anew for every attempt to connect; where it fails, the link tries again later.
   */
  readonly token?: string | (() => string | Promise<string>)
  /** Opens the socket, for a relay that is reached in another way than by the network. Default: a WebSocket. */
  readonly socket?: (url: string) => WebSocketLike
  /** For tests. */
  readonly clock?: Clock
  /** Uniform in [0, 1): the jitter of reconnecting. For tests. */
  readonly random?: () => number
}

/** Links over a relay. They reconnect by themselves until the relay refuses them for good. */
export const webSocket = ({
  clock = systemClock,
  random = Math.random,
  ...how
}: WebSocketOptions = {}): TransportFactory =>
  lateTransport(
    relayedLinks,
    { ...how, clock, random },
    ({ RelayedLink }, link) => new RelayedLink({ ...how, ...link, clock, random }, undefined),
  )

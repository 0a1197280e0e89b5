import { type Clock, systemClock } from './clock.js'
import type { TransportFactory } from './contract.js'
import { RelayedLink } from './relayed-link.js'

export interface WebSocketOptions {
  /** For tests. */
  readonly clock?: Clock
  /** Uniform in [0, 1): the jitter of reconnecting. For tests. */
  readonly random?: () => number
}

/** Links over a relay. They reconnect by themselves until the relay refuses them for good. */
export const webSocket =
  ({ clock = systemClock, random = Math.random }: WebSocketOptions = {}): TransportFactory =>
  (link) =>
    new RelayedLink({ ...link, clock, random }, undefined)

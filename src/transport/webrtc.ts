import { systemClock } from './clock.js'
import type { TransportFactory } from './contract.js'
import { PeerChannel } from './peer-channel.js'
import { RelayedLink } from './relayed-link.js'
import type { WebSocketOptions } from './websocket.js'

export interface WebRtcOptions extends WebSocketOptions {
  /** STUN and TURN servers. Default: none, which reaches peers on the same network without telling anyone else. */
  readonly iceServers?: readonly RTCIceServer[]
}

/**
 * Links over data channels. The relay brings the two ends together, and carries the traffic of every peer until,
 * and whenever, the channel to it is not open; where there is no WebRTC it carries all of it.
 */
export const webRtc =
  ({ relay, iceServers = [], clock = systemClock, random = Math.random }: WebRtcOptions): TransportFactory =>
  (link) =>
    new RelayedLink(
      { ...link, url: relay, clock, random },
      globalThis.RTCPeerConnection === undefined
        ? undefined
        : (initiator, events) => new PeerChannel({ initiator, iceServers, clock, random }, events),
    )

import { systemClock } from './clock.js'
import type { TransportFactory } from './contract.js'
import { PeerChannel } from './peer-channel.js'
import { RelayedLink } from './relayed-link.js'
import { rtcConnections } from './rtc-connection.js'
import type { WebSocketOptions } from './websocket.js'

export type { Clock } from './clock.js'

export interface WebRtcOptions extends WebSocketOptions {
  /** STUN and TURN servers. Default: none, which reaches peers on the same network without telling anyone else. */
  readonly iceServers?: readonly RTCIceServer[]
}

/**
 * Links over data channels, to the peers that `Link.direct` names. The relay brings the two ends together, and carries
 * the traffic of every peer while no channel to it is open; where there is no WebRTC it carries all of it.
 */
export const webRtc =
  ({ iceServers = [], clock = systemClock, random = Math.random }: WebRtcOptions = {}): TransportFactory =>
  (link) =>
    new RelayedLink(
      { ...link, clock, random },
      globalThis.RTCPeerConnection === undefined
        ? undefined
        : (initiator, events) =>
            new PeerChannel({ initiator, connect: rtcConnections(iceServers), clock, random }, events),
    )

import type { Clock } from './clock.js'
import type { LinkOptions } from './contract.js'
import { PeerChannel } from './peer-channel.js'
import { RelayedLink } from './relayed-link.js'
import { type IceServers, rtcConnections, type Wrtc } from './rtc-connection.js'
import type { WebSocketOptions } from './websocket.js'

export interface DirectLinkOptions extends LinkOptions, Pick<WebSocketOptions, 'token' | 'socket'> {
  readonly iceServers: IceServers
  readonly wrtc: Wrtc | undefined
  readonly clock: Clock
  readonly random: () => number
}

/** A link over data channels where there is WebRTC, and over the relay all the same. */
export const directLink = ({ iceServers, wrtc, ...options }: DirectLinkOptions): RelayedLink => {
  const connect = rtcConnections({ iceServers, ...(wrtc && { wrtc }) })
  const supported = wrtc !== undefined || globalThis.RTCPeerConnection !== undefined
  const { random } = options
  return new RelayedLink(
    options,
    supported
      ? (alarms) => (initiator, events) => new PeerChannel({ initiator, connect, clock: alarms, random }, events)
      : undefined,
  )
}

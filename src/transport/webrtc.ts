import { systemClock } from './clock.js'
import type { TransportFactory } from './contract.js'
import { lateTransport } from './late-transport.js'
import { directLinks } from './programs.js'
import type { IceServers, Wrtc } from './rtc-connection.js'
import type { WebSocketOptions } from './websocket.js'

export type { Clock } from './clock.js'
export type { WebSocketLike } from './relay-socket.js'
export type { IceServers, Wrtc } from './rtc-connection.js'

export interface WebRtcOptions extends WebSocketOptions {
  /**
   * STUN and TURN servers. Default: none, which reaches peers on the same network without telling anyone else. A
   * function is asked anew for every connection, so that credentials need not outlive the making of one; where it
   * fails, the relay goes on carrying the traffic, and it is asked again later.
   */
  readonly iceServers?: IceServers
  /** WebRTC for Node, which has none: the module `@roamhq/wrtc`. Default: that of the browser, where there is one. */
  readonly wrtc?: Wrtc
}

/**
 * Links over data channels, to the peers that `Link.direct` names. The relay brings the two ends together, and carries
 * the traffic of every peer while no channel to it is open; where there is no WebRTC it carries all of it.
 */
export const webRtc = ({
  iceServers = [],
  wrtc,
  clock = systemClock,
  random = Math.random,
  ...how
}: WebRtcOptions = {}): TransportFactory =>
  lateTransport(directLinks, { ...how, clock, random }, ({ directLink }, link) =>
    directLink({ ...how, ...link, iceServers, wrtc, clock, random }),
  )

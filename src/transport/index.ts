export type { Address } from '../wire/index.js'
export { type Clock, systemClock } from './clock.js'
export {
  type ChannelStats,
  type Link,
  type LinkCounters,
  type LinkKind,
  type LinkOptions,
  type LinkReason,
  type LinkState,
  type LinkStatus,
  MAX_DIRECT_PEERS,
  type PeerStatus,
  type TransportFactory,
  type Unsubscribe,
} from './contract.js'
export { Listeners } from './listeners.js'
export { type LocalNetwork, localNetwork } from './local.js'
export { type WebRtcOptions, webRtc } from './webrtc.js'
export { type WebSocketOptions, webSocket } from './websocket.js'

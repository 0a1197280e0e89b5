export type { Address } from '../wire/index.js'
export { type Clock, systemClock } from './clock.js'
export type {
  ChannelStats,
  Link,
  LinkCounters,
  LinkKind,
  LinkOptions,
  LinkReason,
  LinkState,
  LinkStatus,
  PeerStatus,
  TransportFactory,
  Unsubscribe,
} from './contract.js'
export { Listeners } from './listeners.js'
export { type LocalNetwork, localNetwork } from './local.js'
export { type WebRtcOptions, webRtc } from './webrtc.js'
export { type WebSocketOptions, webSocket } from './websocket.js'

export type { Address } from '../wire/index.js'
export { type Clock, systemClock } from './clock.js'
export {
  type ChannelStats,
  type DirectFault,
  type Link,
  type LinkCounters,
  type LinkKind,
  type LinkOptions,
  type LinkReason,
  type LinkState,
  type LinkStatus,
  MAX_DIRECT_PEERS,
  type PeerReport,
  type PeerStatus,
  type SealCounters,
  type SignalSeal,
  type TransportFactory,
  type Unsubscribe,
} from './contract.js'
export { LARGEST_LINK_PACKET_BYTES } from './frames.js'
export { Late, NotLoaded } from './late.js'
export { LateLink } from './late-link.js'
export { Listeners } from './listeners.js'
export { type LocalNetwork, localNetwork } from './local.js'
export { directLinks, relayedLinks, sealing } from './programs.js'
export { relayRoomOf } from './relay-room.js'
export {
  type GroupKey,
  type HandshakeReport,
  type KeyRing,
  type SealedLink,
  SealUnavailable,
  sealedLink,
} from './seal/index.js'
export { type WebRtcOptions, webRtc } from './webrtc.js'
export { type WebSocketLike, type WebSocketOptions, webSocket } from './websocket.js'

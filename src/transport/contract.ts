import type { Address, CloseReason } from '../wire/index.js'

/** How bytes reach a peer just now. */
export type LinkKind = 'webrtc' | 'relay' | 'local'

export interface PeerStatus extends Address {
  readonly kind: LinkKind
  /** Whether it joined the room before this replica did: of any two that see each other, one sees the other `before`. */
  readonly before: boolean
}

export type LinkState =
  | 'connecting'
  | 'open'
  /** Cut off from the relay; tries again by itself. `reason` says why. */
  | 'reconnecting'
  /** For good: by `close()` without a reason, else by the `reason` that trying again would not change. */
  | 'closed'

/** Why a link is not open: what the relay closed it with, or that it could not be reached or went silent. */
export type LinkReason = CloseReason | 'relay-unreachable'

export interface LinkStatus {
  readonly state: LinkState
  readonly reason: LinkReason | undefined
  /** Who can be reached now, sorted by replica. */
  readonly peers: readonly PeerStatus[]
  /** Since the link was made. */
  readonly counters: LinkCounters
}

export interface LinkCounters {
  /** Accepted by `send`. */
  readonly packetsSent: number
  readonly packetsReceived: number
  /** Not accepted by `send`: no such peer, its queue full, or the packet too large. */
  readonly packetsRefused: number
  /** Frames that were not well formed, or whose packet never became whole. */
  readonly framesDropped: number
}

/** What the direct channel to a peer has carried, by the browser's own statistics, which may be some 50 ms old. */
export interface ChannelStats {
  readonly messagesSent: number
  readonly messagesReceived: number
  readonly bytesSent: number
  readonly bytesReceived: number
}

export type Unsubscribe = () => void

/** Addressed datagrams: a packet arrives whole or not at all, perhaps twice, perhaps late, in any order. */
export interface Link {
  /**
   * Takes the bytes over (they must not be changed afterwards); at most `MAX_PACKET_BYTES`. False: not accepted,
   * and not sent. Never throws.
   */
  send(to: Address, bytes: Uint8Array): boolean
  /** The bytes belong to the listener. */
  onMessage(listener: (from: Address, bytes: Uint8Array) => void): Unsubscribe
  /** A peer came (`here`), or went. A new incarnation of a known replica comes without the old one going. */
  onPeer(listener: (peer: Address, here: boolean) => void): Unsubscribe
  /** State, reason or peers have changed. */
  onStatus(listener: (status: LinkStatus) => void): Unsubscribe
  status(): LinkStatus
  /** Bytes accepted for this peer and not yet handed to the network. */
  bufferedBytes(to: Address): number
  /** Where peers may be reached by data channels; undefined while this one is not. */
  channelStats?(peer: Address): Promise<ChannelStats | undefined>
  /** Idempotent; no listener is called afterwards. */
  close(): void
}

export interface LinkOptions {
  /** The room of the relay to join: 1 to 128 bytes as UTF-8. */
  readonly room: string
  readonly self: Address
}

/**
 * Opens a link; it connects by itself and keeps doing so until closed. No listener is called before the caller's
 * turn has ended. Throws where the options can't be: a malformed address, room or relay URL.
 */
export type TransportFactory = (options: LinkOptions) => Link

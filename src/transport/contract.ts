import type { Address, CloseReason, ReplicaId } from '../wire/index.js'

/** How bytes reach a peer just now. */
export type LinkKind = 'webrtc' | 'relay' | 'local'

export interface PeerStatus extends Address {
  readonly kind: LinkKind
}

/** A channel costs both its ends a connection, so a room of hundreds can't have one between any two. */
export const MAX_DIRECT_PEERS = 16

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
  /**
   * Whom to reach by direct channels from now on, beside those that ask for one themselves: at first nobody. Only the
   * first `MAX_DIRECT_PEERS` count, and so many channels there are at most, those asked for by others included. All
   * else goes over the relay, as does everything until a channel is open. Undefined where there is no choice.
   */
  direct?(replicas: readonly ReplicaId[]): void
  /** Where peers may be reached by data channels; undefined while this one is not. */
  channelStats?(peer: Address): Promise<ChannelStats | undefined>
  /** Idempotent; no listener is called afterwards. */
  close(): void
}

export interface LinkOptions {
  /** Where the relay listens: `ws://…` or `wss://…`. Transports that need none don't look at it. */
  readonly relay: string | undefined
  /** The room of the relay to join: 1 to 128 bytes as UTF-8. */
  readonly room: string
  readonly self: Address
}

/**
 * Opens a link; it connects by itself and keeps doing so until closed. No listener is called before the caller's
 * turn has ended. Throws where the options can't be: a malformed address, room or relay URL, or no relay where one is
 * needed.
 */
export type TransportFactory = (options: LinkOptions) => Link

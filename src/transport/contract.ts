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

/**
 * Why a link is not open: what the relay closed it with, that it could not be reached or went silent, that the function
 * for the token has failed, or given none that can be, or that the program of the link could not be loaded.
 */
export type LinkReason = CloseReason | 'relay-unreachable' | 'no-token' | 'not-loaded'

export interface LinkStatus {
  readonly state: LinkState
  readonly reason: LinkReason | undefined
  /** Who can be reached now, sorted by replica. */
  readonly peers: readonly PeerStatus[]
  /** Since the link was made. */
  readonly counters: LinkCounters
  /** What the seal has refused; undefined where nothing is sealed. */
  readonly sealed?: SealCounters | undefined
}

/** Frames that were not let through, and why: all of them are lost, and nothing of them was looked at. */
export interface SealCounters {
  /** Not made with a key of this group for this receiver: of a stranger, forged, changed, or meant for somebody else. */
  readonly forged: number
  /** They came before, or are older than what is remembered. */
  readonly replayed: number
  /** Made with a key that was given up when a member was removed. */
  readonly outdated: number
  /** Of a peer that has not shown yet that it is there now. */
  readonly unmet: number
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

/** Why there is no direct path to a peer, as far as this end can tell. */
export type DirectFault =
  /** This place has no WebRTC. */
  | 'unsupported'
  /** Nobody has asked for one: the peer is none of those of `Link.direct`, or there are too many. */
  | 'unwanted'
  /** The first attempt is under way. */
  | 'connecting'
  /** The other end has never answered the offer, or the request for one. */
  | 'no-answer'
  /** Offers were exchanged, and no address of the one was reached from the other: a TURN server would help. */
  | 'unreachable'
  /** It was open, and has fallen silent, or ended. */
  | 'lost'
  /** The servers that were to help could not be named: the function for `iceServers` has failed. */
  | 'no-ice-servers'

/** How it stands with one peer, for people who wonder why it is not there. */
export interface PeerReport extends PeerStatus {
  /** Whether the relay has it in the room. */
  readonly relayed: boolean
  /** Undefined while the direct path is open, and for links that know none. */
  readonly direct: DirectFault | undefined
  /** Attempts at a direct path since it was open last. */
  readonly attempts: number
  /** Milliseconds since anything was heard of it. */
  readonly silentMs: number
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
  /** The same to several: as `send` to each of them, and where they are reached over a relay it is given the bytes once. */
  sendAll(to: readonly Address[], bytes: Uint8Array): void
  /**
   * Whom to reach by direct channels from now on, beside those that ask for one themselves: at first nobody. Only the
   * first `MAX_DIRECT_PEERS` count, and so many channels there are at most, those asked for by others included. All
   * else goes over the relay, as does everything until a channel is open. Undefined where there is no choice.
   */
  direct?(replicas: readonly ReplicaId[]): void
  /** Where peers may be reached by data channels; undefined while this one is not. */
  channelStats?(peer: Address): Promise<ChannelStats | undefined>
  /** All peers of which anything is known, sorted by replica, those that can't be reached included. */
  report?(): readonly PeerReport[]
  /**
   * What is due runs now. For who has a better clock than the link's own timers, which run once a minute in hidden
   * pages: called often, it makes the link notice in time whatever it has to. Costs nothing while nothing is due.
   */
  tick?(): void
  /** Idempotent; no listener is called afterwards. */
  close(): void
}

/**
 * What two ends tell each other through the relay to open a direct path, made unreadable to it. Undefined: it can't be
 * sealed now, or was not sealed by that peer.
 */
export interface SignalSeal {
  seal(to: Address, body: Uint8Array): Promise<Uint8Array | undefined>
  open(from: Address, body: Uint8Array): Promise<Uint8Array | undefined>
}

export interface LinkOptions {
  /** Where the relay listens: `ws://…` or `wss://…`. Transports that need none don't look at it. */
  readonly relay: string | undefined
  /** The room of the relay to join: 1 to 128 bytes as UTF-8. */
  readonly room: string
  readonly self: Address
  /** Without it, signals are sent as they are. */
  readonly signals?: SignalSeal
}

/**
 * Opens a link; it connects by itself and keeps doing so until closed. No listener is called before the caller's
 * turn has ended. Throws where the options can't be: a malformed address, room or relay URL, or no relay where one is
 * needed.
 */
export interface TransportFactory {
  (options: LinkOptions): Link
  /** What is sent never leaves the process, so that nothing is to be hidden from anybody: rooms don't seal it. */
  readonly withinProcess?: boolean
  /** Throws what opening a link would throw, and begins to load what that takes: for who opens one soon. */
  readonly prepare?: (options: LinkOptions) => void
}

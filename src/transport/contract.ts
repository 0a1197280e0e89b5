import type { ReplicaId } from '../wire/index.js'

/** One life of a replica: a later incarnation replaces an earlier one. */
export interface Address {
  readonly replica: ReplicaId
  /** How often this replica was started, this start included: 1, 2, 3 … */
  readonly incarnation: number
}

/** How bytes reach a peer just now. */
export type LinkKind = 'webrtc' | 'relay' | 'local'

export interface PeerStatus extends Address {
  readonly kind: LinkKind
}

export type LinkState =
  | 'connecting'
  | 'open'
  /** Cut off from the relay; tries again by itself. `reason` says why. */
  | 'reconnecting'
  | 'closed'

/** Why a link is not open. */
export type LinkReason =
  | 'relay-unreachable'
  | 'relay-closed'
  | 'relay-refused'
  | 'room-full'
  | 'too-many-rooms'
  | 'rate-exceeded'
  | 'frame-too-large'
  | 'replaced'
  | 'protocol-error'

export interface LinkStatus {
  readonly state: LinkState
  readonly reason: LinkReason | undefined
  /** Who can be reached now, sorted by replica. */
  readonly peers: readonly PeerStatus[]
  /** Since the link was made. */
  readonly counters: LinkCounters
}

export interface LinkCounters {
  readonly packetsSent: number
  readonly packetsReceived: number
  /** Not accepted by `send`: no such peer, or its queue was full. */
  readonly packetsRefused: number
  /** Frames that were not well formed, or whose packet never became whole. */
  readonly framesDropped: number
}

export type Unsubscribe = () => void

/** Addressed datagrams: a packet arrives whole or not at all, perhaps twice, perhaps late, in any order. */
export interface Link {
  /** Takes the bytes over (they must not be changed afterwards). False: not accepted, and not sent. */
  send(to: Address, bytes: Uint8Array): boolean
  onMessage(listener: (from: Address, bytes: Uint8Array) => void): Unsubscribe
  /** A peer came (`here`), or went. A new incarnation of a known replica comes without the old one going. */
  onPeer(listener: (peer: Address, here: boolean) => void): Unsubscribe
  onStatus(listener: (status: LinkStatus) => void): Unsubscribe
  status(): LinkStatus
  /** Bytes accepted for this peer and not yet handed to the network. */
  bufferedBytes(to: Address): number
  /** Idempotent; no listener is called afterwards. */
  close(): void
}

export interface LinkOptions {
  /** The room of the relay to join: at most 128 characters. */
  readonly room: string
  readonly self: Address
}

/** Opens a link; it connects by itself and keeps doing so until closed. */
export type TransportFactory = (options: LinkOptions) => Link

import type { Address } from '../wire/index.js'
import type { PeerReport, PeerStatus } from './contract.js'
import type { DirectPath } from './direct-path.js'
import type { Reassembly } from './frames.js'
import type { PacketQueue } from './packet-queue.js'
import type { SignalLane } from './signal-lane.js'

/** One life of one peer, as a link knows it. */
export interface RemotePeer {
  readonly address: Address
  /** What waits for it alone. */
  readonly queue: PacketQueue<Address>
  readonly reassembly: Reassembly
  readonly signals: SignalLane
  /** Undefined where there is none to anybody. */
  readonly direct: DirectPath | undefined
  /** Whether the relay has it in the room. */
  relayed: boolean
  /** When it came, or anything was heard of it, by the clock of the link. */
  heardAtMs: number
}

export const statusOf = ({ address: { replica, incarnation }, direct }: RemotePeer): PeerStatus => ({
  replica,
  incarnation,
  kind: direct?.open ? 'webrtc' : 'relay',
})

export const reportOf = (peer: RemotePeer, nowMs: number): PeerReport => ({
  ...statusOf(peer),
  relayed: peer.relayed,
  direct: peer.direct === undefined ? 'unsupported' : peer.direct.fault,
  attempts: peer.direct?.attempts ?? 0,
  silentMs: nowMs - peer.heardAtMs,
})

export const byReplica = (a: Address, b: Address): number => (a.replica < b.replica ? -1 : 1)

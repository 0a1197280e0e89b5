import type { ReplicaId } from '../../core/index.js'
import type { Invite } from '../../wire/index.js'
import type { RoomStatus } from '../contract.js'

/** Of a member in another tab, before anything was heard of it. */
export const unheardOf = (id: ReplicaId, { group }: Invite, durable: boolean): RoomStatus => ({
  role: 'joining',
  reason: undefined,
  advice: undefined,
  id,
  incarnation: 0,
  group,
  epoch: undefined,
  voters: [],
  suspected: [],
  quorum: 'none',
  survives: 0,
  members: [],
  decision: undefined,
  snapshot: undefined,
  committed: [],
  executed: [],
  pending: 0,
  waiting: undefined,
  tab: 'guest',
  diverged: [],
  behind: 0,
  link: {
    state: 'connecting',
    reason: undefined,
    peers: [],
    counters: { packetsSent: 0, packetsReceived: 0, packetsRefused: 0, framesDropped: 0 },
  },
  storage: { durable, persisted: undefined, error: undefined, quarantined: [] },
  oversized: 0,
  refused: { packets: 0, messages: 0, strangers: 0, cut: 0, cutOff: [] },
})

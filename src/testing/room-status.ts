import type { ReplicaId } from '../core/index.js'
import type { RoomMember, RoomStatus } from '../room/index.js'

const voters = ['a', 'b', 'c'].map((digit) => digit.repeat(32))
const [self, near, far] = voters as [ReplicaId, ReplicaId, ReplicaId]

const voter = (id: ReplicaId): RoomMember => ({ id, role: 'voter', durable: true, sharesPlace: false, silent: false })

/**
 * The status of a room that is well, for tests of what an application shows of it: three voters, all of them here. This
 * member is the first; the second is reached directly, the third over the relay. A new object at each call.
 *
 *     expect(hintFor(roomStatus({ quorum: 'none', pending: 2 }))).toContain('2 changes wait')
 *
 * @param changes what is otherwise; the rest stays as it is, whether or not it fits
 */
export const roomStatus = (changes: Partial<RoomStatus> = {}): RoomStatus => ({
  role: 'voter',
  reason: undefined,
  advice: undefined,
  id: self,
  incarnation: 1,
  group: 'd'.repeat(32),
  epoch: 2,
  voters: [...voters],
  suspected: [],
  quorum: 'fast',
  survives: 1,
  members: voters.map(voter),
  decision: undefined,
  snapshot: undefined,
  committed: [1, 1, 1],
  executed: [1, 1, 1],
  pending: 0,
  waiting: undefined,
  tab: 'host',
  diverged: [],
  behind: 0,
  link: {
    state: 'open',
    reason: undefined,
    peers: [
      { replica: near, incarnation: 1, kind: 'webrtc' },
      { replica: far, incarnation: 1, kind: 'relay' },
    ],
    counters: { packetsSent: 0, packetsReceived: 0, packetsRefused: 0, framesDropped: 0 },
  },
  storage: { durable: true, persisted: true, error: undefined, quarantined: [] },
  oversized: 0,
  refused: { packets: 0, messages: 0, strangers: 0, cut: 0, cutOff: [] },
  ...changes,
})

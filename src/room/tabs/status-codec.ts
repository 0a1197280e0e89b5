import { MAX_VOTERS } from '../../core/index.js'
import { CLOSE_CODES, type Codec, type Fields, flag, id, list, oneOf, optional, record } from '../../wire/index.js'
import type { RoomStatus } from '../contract.js'
import { count, words } from './values.js'

/** Members, or peers, or whoever else a status lists: beyond any room that people can oversee. */
const MAX_LISTED = 65_536

const many = <T>(element: Codec<T>): Codec<readonly T[]> => list(element, 0, MAX_LISTED)
const perVoter = <T>(element: Codec<T>): Codec<readonly T[]> => list(element, 0, MAX_VOTERS)
const fields = <T extends object>(of: Fields<T>): Codec<T> => record(of)

const closeReasons = Object.keys(CLOSE_CODES) as (keyof typeof CLOSE_CODES)[]

/** A status as one tab tells it to another. */
export const status: Codec<RoomStatus> = fields<RoomStatus>({
  role: oneOf(['joining', 'voter', 'observer', 'retired', 'stopped', 'closed']),
  reason: optional(words),
  advice: optional(words),
  id,
  incarnation: count,
  group: id,
  epoch: optional(count),
  voters: perVoter(id),
  suspected: perVoter(id),
  quorum: oneOf(['fast', 'slow', 'none']),
  survives: count,
  members: many(
    fields({
      id,
      role: oneOf(['voter', 'observer', 'joining']),
      durable: optional(flag),
      sharesPlace: flag,
      silent: flag,
    }),
  ),
  decision: optional(words),
  snapshot: optional(fields({ done: count, bytes: count })),
  committed: perVoter(count),
  executed: perVoter(count),
  pending: count,
  waiting: optional(words),
  tab: oneOf(['host', 'guest']),
  diverged: many(fields({ member: id, mutators: many(words) })),
  behind: count,
  link: fields({
    state: oneOf(['connecting', 'open', 'reconnecting', 'closed']),
    reason: optional(oneOf([...closeReasons, 'relay-unreachable', 'no-token', 'not-loaded'])),
    peers: many(fields({ replica: id, incarnation: count, kind: oneOf(['webrtc', 'relay', 'local']) })),
    counters: fields({ packetsSent: count, packetsReceived: count, packetsRefused: count, framesDropped: count }),
    sealed: optional(fields({ forged: count, replayed: count, outdated: count, unmet: count })),
  }),
  storage: fields({ durable: flag, persisted: optional(flag), error: optional(words), quarantined: many(id) }),
  oversized: count,
  refused: fields({
    packets: count,
    messages: count,
    strangers: count,
    cut: count,
    cutOff: many(fields({ member: id, reason: oneOf(['packet-rate', 'byte-rate', 'unreadable', 'impossible']) })),
  }),
})

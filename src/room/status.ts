import type { Configuration, ReplicaId } from '../core/index.js'
import type { MemberStatus, Standing } from '../member/index.js'
import type { RoomMember, RoomStatus } from './contract.js'
import type { Peer } from './introductions.js'
import { following } from './late/parts.js'
import type { LateExchange } from './late-exchange.js'
import type { Parts } from './parts.js'

/** How a room has ended here. */
export interface Ended {
  readonly role: 'stopped' | 'closed'
  readonly reason: string
}

interface Sources {
  readonly id: ReplicaId
  readonly parts: Parts
  readonly member: MemberStatus
  readonly ended: Ended | undefined
  readonly exchange: LateExchange
  /** Messages that no member can have sent. */
  readonly invalid: number
  /** Own proposals not answered yet. */
  readonly queue: { readonly size: number }
  readonly storageError: string | undefined
  /** One that knows a later secret of the group, and has none for this member. */
  readonly refusedBy: ReplicaId | undefined
}

export const statusOf = ({ id, parts, member, ended, exchange, ...rest }: Sources): RoomStatus => {
  const { link, introduction, standing, persisted, invite } = parts
  const { configuration, replica } = member
  const status: Omit<RoomStatus, 'advice'> = {
    role: ended?.role ?? member.role,
    reason: ended?.reason ?? member.reason,
    id,
    incarnation: introduction.start.count,
    group: invite.group,
    epoch: configuration?.number,
    voters: configuration?.voters ?? [],
    suspected: replica?.suspected ?? [],
    quorum: ended === undefined ? member.quorum : 'none',
    survives: ended === undefined ? member.survives : 0,
    members: membersOf(id, standing, member, [...exchange.peers]),
    decision: member.decision,
    snapshot: member.snapshot,
    committed: replica?.committed ?? [],
    executed: replica?.executed ?? [],
    pending: rest.queue.size,
    waiting: waitingOf(rest.queue, member),
    tab: 'host',
    diverged: member.diverged,
    behind: replica?.behind ?? 0,
    link: link.status(),
    storage: {
      durable: standing.durable,
      persisted: persisted(),
      error: rest.storageError,
      quarantined: parts.quarantined,
    },
    oversized: exchange.oversized,
    refused: {
      ...exchange.refused,
      messages: rest.invalid,
      cutOff: exchange.cutOff.map(({ member, reason }) => ({ member, reason })),
    },
  }
  const { newerWire, contradicting } = exchange
  const advice = following.now?.adviceOf(status, { newerWire, contradicting, refusedBy: rest.refusedBy })
  return { ...status, advice }
}

/** Why nothing of what waits can have its answer now. */
const waitingOf = (
  { size }: Sources['queue'],
  { role, reason, quorum, configuration, replica }: MemberStatus,
): string | undefined => {
  if (size === 0) return undefined
  if (role === 'joining') return `this member has no state yet: ${reason ?? 'it is on its way'}`
  if (quorum !== 'none') return undefined
  const voters = configuration?.voters.length ?? 0
  const there = voters - (replica?.suspected.length ?? 0)
  return `of the ${voters} voters ${there} ${there === 1 ? 'is' : 'are'} here: too few to agree on anything`
}

/** All voters, oneself, and whoever else has introduced itself here; sorted by id. */
const membersOf = (
  self: ReplicaId,
  standing: Standing,
  { role, configuration, replica }: MemberStatus,
  peers: readonly Peer[],
): readonly RoomMember[] => {
  // Who has no state yet goes by what others say.
  const voters = (configuration ?? latestOf(peers))?.voters ?? []
  const known = new Map<ReplicaId, Known>(voters.map((id) => [id, absent]))
  for (const { address, greeting } of peers) {
    if (greeting === undefined) continue
    const joins = greeting.configuration === undefined
    known.set(address.replica, { standing: greeting.standing, joins, silent: false })
  }
  known.set(self, { standing, joins: role === 'joining', silent: false })
  const places = new Map<string, number>()
  for (const { standing } of known.values()) {
    if (standing !== undefined) places.set(standing.place, (places.get(standing.place) ?? 0) + 1)
  }
  return Array.from(known, ([id, { standing, joins, silent }]) => ({
    id,
    role: voters.includes(id) ? ('voter' as const) : joins ? ('joining' as const) : ('observer' as const),
    durable: standing?.durable,
    sharesPlace: standing !== undefined && (places.get(standing.place) ?? 0) > 1,
    silent: silent || (id !== self && (replica?.suspected.includes(id) ?? false)),
  })).sort((a, b) => (a.id < b.id ? -1 : 1))
}

const latestOf = (peers: readonly Peer[]): Configuration | undefined => {
  let latest: Configuration | undefined
  for (const { greeting } of peers) {
    const said = greeting?.configuration
    if (said !== undefined && said.number >= (latest?.number ?? 0)) latest = said
  }
  return latest
}

interface Known {
  readonly standing: Standing | undefined
  readonly joins: boolean
  readonly silent: boolean
}

const absent: Known = { standing: undefined, joins: false, silent: true }

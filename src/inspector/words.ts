import type { ReplicaId } from '../core/index.js'
import type { Diagnosis, PeerDiagnosis, RoomMember, RoomStatus } from '../room/index.js'
import type { LinkKind } from '../transport/index.js'

/** How a room does, as one of four: `idle` where it has no part in it, or none yet. */
export type Health = RoomStatus['quorum'] | 'idle'

/** One line of what is shown. */
export interface Fact {
  readonly name: string
  readonly text: string
}

/** A member, in a line. */
export interface MemberLine {
  readonly id: ReplicaId
  readonly name: string
  readonly text: string
  readonly reached: LinkKind | 'self' | 'away'
}

/** Members are told apart by the beginning of their ids. */
export const shortId = (id: ReplicaId): string => id.slice(0, 4)

const takesPart = ({ role }: RoomStatus): boolean => role === 'voter' || role === 'observer'

export const healthOf = (status: RoomStatus): Health => (takesPart(status) ? status.quorum : 'idle')

/** For a small button. */
export const healthInWords = (status: RoomStatus): string => {
  switch (healthOf(status)) {
    case 'fast':
      return 'all is well'
    case 'slow':
      return 'some are away'
    case 'none':
      return 'stands still'
    case 'idle':
      return status.role
  }
}

/** Whether the member has gone, for good or with its page: what it last knew of others is no news. */
export const hasEnded = ({ role }: RoomStatus): boolean => role === 'closed' || role === 'retired' || role === 'stopped'

/** What there is to know of this member and its room; what has nothing to tell is left out. */
export const factsOf = (status: RoomStatus): readonly Fact[] =>
  [
    { name: 'This member', text: roleInWords(status) },
    { name: 'Epoch', text: epochInWords(status) },
    { name: 'Quorum', text: quorumInWords(status) },
    { name: 'May be lost', text: survivalInWords(status) },
    { name: 'Waiting', text: pendingInWords(status) },
    { name: 'Behind', text: behindInWords(status) },
    { name: 'Storage', text: storageInWords(status.storage) },
    { name: 'Relay', text: relayInWords(status) },
    { name: 'Refused', text: refusedInWords(status.refused) },
  ].filter(({ text }) => text !== '')

const roleInWords = ({ id, role, reason, tab }: RoomStatus): string => {
  const where = tab === 'guest' ? ', in another tab that this one uses' : ''
  return `${shortId(id)}, ${role}${where}${reason === undefined ? '' : `: ${reason}`}`
}

const epochInWords = ({ epoch, voters }: RoomStatus): string =>
  epoch === undefined ? '' : `no. ${epoch}, with ${voters.length} ${voters.length === 1 ? 'voter' : 'voters'}`

const quorumInWords = (status: RoomStatus): string => {
  if (!takesPart(status)) return ''
  const { quorum, voters, suspected } = status
  if (voters.length === 1 && quorum !== 'none') return 'the one voter is here, and decides alone'
  const here = `${voters.length - suspected.length} of ${voters.length} voters are here`
  switch (quorum) {
    case 'fast':
      return `${here}: one round trip is enough where nothing interferes`
    case 'slow':
      return `${here}: every change takes a second round trip`
    case 'none':
      return `${here}: too few, so changes wait`
  }
}

const survivalInWords = (status: RoomStatus): string => {
  if (!takesPart(status) || status.quorum === 'none') return ''
  const { survives, voters } = status
  if (voters.length === 1) return 'none: the room stops when its one voter goes'
  return `${survives === 0 ? 'none' : survives} of ${voters.length} voters`
}

const pendingInWords = ({ pending, waiting }: RoomStatus): string => {
  if (pending === 0) return 'nothing'
  return `${pending} ${pending === 1 ? 'change' : 'changes'}${waiting === undefined ? '' : `: ${waiting}`}`
}

const behindInWords = ({ behind }: RoomStatus): string =>
  behind === 0 ? '' : `${behind} ${behind === 1 ? 'instance' : 'instances'} whose outcome is not known here yet`

const storageInWords = ({ durable, persisted, error, quarantined }: RoomStatus['storage']): string => {
  const aside = quarantined.length === 0 ? '' : `; ${quarantined.length} earlier left aside, since not to be trusted`
  if (error !== undefined) return `a write has failed: ${error}${aside}`
  if (!durable) return `in memory: gone with this page${aside}`
  if (persisted === undefined) return `durable${aside}`
  return `durable${persisted ? '' : ', but the browser may evict it when space runs out'}${aside}`
}

const relayInWords = (status: RoomStatus): string => {
  const { state, reason } = status.link
  if (hasEnded(status)) return ''
  return reason === undefined ? state : `${state}: ${reason}`
}

const refusedInWords = ({ packets, messages, strangers, cut, cutOff }: RoomStatus['refused']): string =>
  [
    counted(packets, 'unreadable'),
    counted(messages, 'impossible'),
    counted(strangers, 'of strangers'),
    counted(cut, 'of members that are cut off'),
    ...cutOff.map(({ member, reason }) => `${shortId(member)} is cut off (${reason})`),
  ]
    .filter((part) => part !== '')
    .join(', ')

const counted = (count: number, what: string): string => (count === 0 ? '' : `${count} ${what}`)

/** Voters first, each group by its ids. */
export const membersOf = (status: RoomStatus, diagnosis: Diagnosis | undefined): readonly MemberLine[] => {
  const voters = new Set(status.voters)
  const sorted = [...status.members].sort((a, b) => Number(voters.has(b.id)) - Number(voters.has(a.id)))
  return sorted.map((member) =>
    lineOf(
      member,
      status,
      diagnosis?.peers.find(({ id }) => id === member.id),
    ),
  )
}

const lineOf = (member: RoomMember, status: RoomStatus, peer: PeerDiagnosis | undefined): MemberLine => {
  const { id, role, durable, sharesPlace } = member
  const kind = peer?.path ?? status.link.peers.find(({ replica }) => replica === id)?.kind
  const reached = id === status.id ? 'self' : member.silent ? 'away' : (kind ?? 'away')
  if (hasEnded(status))
    return { id, name: shortId(id), text: id === status.id ? `${role} · this member` : role, reached: 'away' }
  const notes = [role, REACHED[reached]]
  if (reached !== 'self' && peer?.silentMs !== undefined) notes.push(`heard ${agoInWords(peer.silentMs)}`)
  if (sharesPlace) notes.push('shares its place with another')
  if (durable === false) notes.push('in memory')
  return { id, name: shortId(id), text: notes.join(' · '), reached }
}

const REACHED: Readonly<Record<MemberLine['reached'], string>> = {
  self: 'this member',
  away: 'away',
  webrtc: 'direct, over WebRTC',
  relay: 'over the relay',
  local: 'in this process',
}

const MINUTE_MS = 60_000

const agoInWords = (ms: number): string => {
  if (ms < 1000) return 'just now'
  return ms < MINUTE_MS ? `${Math.floor(ms / 1000)} s ago` : `${Math.floor(ms / MINUTE_MS)} min ago`
}

/** Why there are no instances to be drawn; undefined where there are. */
export const noTraceOf = ({ tab, role }: RoomStatus): string | undefined => {
  if (tab === 'guest') {
    return 'This tab uses the member of another tab of this browser. What that one knows of single instances is drawn there only.'
  }
  return role === 'joining' ? 'There is no state here yet: instances are drawn once it has come.' : undefined
}

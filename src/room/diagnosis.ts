import type { ReplicaId } from '../core/index.js'
import type { DirectFault, HandshakeReport, LinkReason, LinkStatus, PeerReport } from '../transport/index.js'
import type { Diagnosis, PeerDiagnosis, RoomStatus } from './contract.js'
import type { Peer } from './introductions.js'

export interface DiagnosisSources {
  readonly status: RoomStatus
  /** Empty for transports that tell nothing of single peers. */
  readonly reports: readonly PeerReport[]
  /** Undefined where nothing is sealed. */
  readonly handshakes: readonly HandshakeReport[] | undefined
  readonly peers: readonly Peer[]
}

/** Longer than a meeting takes over a slow link. */
const PATIENCE_MS = 5000

/** What is known of why members see each other, or don't. */
export const diagnosisOf = (sources: DiagnosisSources): Diagnosis => {
  const { status } = sources
  const ids = new Set([
    ...status.voters,
    ...sources.reports.map(({ replica }) => replica),
    ...sources.peers.map(({ address }) => address.replica),
    ...(sources.handshakes ?? []).map(({ peer }) => peer.replica),
  ])
  ids.delete(status.id)
  const peers = [...ids].sort().map((id) => peerDiagnosis(id, sources))
  const own = [linkFinding(status.link), aloneFinding(status, peers), sealFinding(status.link), status.advice]
  return {
    findings: [...own, ...peers.flatMap(({ findings }) => findings)].filter((finding) => finding !== undefined),
    peers,
  }
}

const peerDiagnosis = (id: ReplicaId, { status, reports, handshakes, peers }: DiagnosisSources): PeerDiagnosis => {
  const report = reports.find(({ replica }) => replica === id)
  const handshake = handshakes?.find(({ peer }) => peer.replica === id)
  const peer = peers.find(({ address }) => address.replica === id)
  const link = status.link.peers.find(({ replica }) => replica === id)
  const introduced = peer?.greeting !== undefined && peer.verdict !== 'refused'
  const path = report?.kind ?? link?.kind
  const name = `Member ${id.slice(0, 4)}`
  const findings: (string | undefined)[] = []
  if (path === undefined) findings.push(absence(name, status))
  else if (handshake !== undefined && handshake.state !== 'met')
    findings.push(handshakeFinding(name, handshake, report))
  else if (peer?.verdict === 'refused') {
    findings.push(`${name} must not vote: its storage is an older copy, or was copied. It has to join anew.`)
  } else if (status.refused.cutOff.some(({ member }) => member === id)) {
    findings.push(`${name} is not listened to for a while, since it has broken the rules of the protocol.`)
  } else if (!introduced && (report?.silentMs ?? 0) > PATIENCE_MS) {
    findings.push(`${name} is connected, and has not said who it is: its program may be of another version.`)
  }
  if (report?.direct !== undefined && path !== undefined) findings.push(directFinding(name, report.direct))
  return {
    id,
    findings: findings.filter((finding) => finding !== undefined),
    path,
    direct: report?.direct,
    sealed: handshakes === undefined ? undefined : handshake?.state === 'met',
    introduced,
    silentMs: report?.silentMs,
  }
}

const absence = (name: string, { link }: RoomStatus): string =>
  link.state === 'open'
    ? `${name} is not here: its page is closed, asleep or offline, or it uses another relay.`
    : `${name} can't be reached while the relay can't.`

const handshakeFinding = (
  name: string,
  { state }: HandshakeReport,
  report: PeerReport | undefined,
): string | undefined => {
  switch (state) {
    case 'met':
      return undefined
    case 'greeting':
      return (report?.silentMs ?? PATIENCE_MS) < PATIENCE_MS
        ? undefined
        : `${name} is at the relay, and does not answer: it may just be starting, or its page is asleep.`
    case 'outdated-there':
      return `${name} knows an earlier secret of the room only: it was removed, or is just being told the new one.`
    case 'outdated-here':
      return `${name} speaks with a later secret of the room than this member knows: if that lasts, ask for a new invite.`
    case 'forged':
      return `${name} is at the relay, and does not know the room's secret: its invite is of another room, or somebody else pretends to be it.`
  }
}

const DIRECT: Readonly<Record<DirectFault, string | undefined>> = {
  unwanted: undefined,
  connecting: undefined,
  unsupported: 'has to go over the relay: there is no WebRTC here',
  'no-answer': 'has never answered an offer of a direct connection: it may have no WebRTC, and goes over the relay',
  unreachable:
    'and this member find no direct way to each other: one of them is behind a strict firewall or NAT. A TURN server in `iceServers` would help; until then it goes over the relay',
  lost: 'has lost its direct connection, which is built again; until then it goes over the relay',
  'no-ice-servers': 'goes over the relay: the function for `iceServers` has failed',
}

const directFinding = (name: string, fault: DirectFault): string | undefined => {
  const what = DIRECT[fault]
  return what && `${name} ${what}.`
}

const RELAY: Readonly<Partial<Record<LinkReason, string>>> = {
  'relay-unreachable':
    'The relay can not be reached: this device is offline, the address is wrong, or something on the way blocks WebSockets.',
  'not-loaded':
    'The part of this program that connects to the relay could not be loaded: this device is offline, or the files have moved since; it is tried again. If it stays so, load the page again.',
  'relay-closed': 'The relay has closed the connection; it is tried again.',
  draining: 'The relay is about to restart; it is tried again.',
  unauthorized: 'The relay does not let this member in: its token is missing, or not for this room.',
  'token-expired': 'The token for the relay has run out, and is asked for again.',
  'origin-refused': 'The relay does not serve pages of this origin: its operator has to add it.',
  'room-full': 'The relay has no more room for members of this room.',
  'too-many-rooms': 'The relay has no more room for rooms.',
  'too-many-sockets': 'The relay has too many connections.',
  'too-many-from-address': 'The relay has too many connections from this network address.',
  'rate-exceeded': 'This member has sent more than the relay allows.',
  'room-rate-exceeded': 'The members of this room send more than the relay allows.',
  unavailable: 'The relay can not find out just now whether this member may come in; it is tried again.',
  'join-timeout': 'The relay took too long to let this member in; it is tried again.',
  replaced: 'The same member is connected from elsewhere: a copy of this storage is in use.',
  unresponsive: 'The relay has heard nothing of this member for too long.',
  'unsupported-version': 'The relay runs another version: update this program, or the relay.',
}

const linkFinding = ({ state, reason }: LinkStatus): string | undefined => {
  if (state === 'open') return undefined
  if (globalThis.navigator?.onLine === false) return 'This device is offline, as far as the browser knows.'
  if (state === 'connecting') return 'The relay has not answered yet.'
  return (reason && RELAY[reason]) ?? `There is no connection (${reason ?? state}).`
}

const aloneFinding = ({ link, role }: RoomStatus, peers: readonly PeerDiagnosis[]): string | undefined =>
  link.state === 'open' && role !== 'closed' && peers.every(({ path }) => path === undefined)
    ? 'Nobody else is at the relay in this room: others may have another invite, or use another relay.'
    : undefined

const sealFinding = ({ sealed }: LinkStatus): string | undefined =>
  sealed !== undefined && sealed.forged > 0
    ? `${sealed.forged} packets were not made by any member for this one: somebody at the relay, or the relay itself, has tried to take part, or something on the way changes packets.`
    : undefined

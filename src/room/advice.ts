import { quorumsOf, type ReplicaId } from '../core/index.js'
import type { RoomStatus } from './contract.js'

/** Enough mutators to begin with. */
const MAX_NAMED = 4

/** What was heard from others that this member can't live with. */
export interface Heard {
  /** The highest version of packets that others speak, and this program does not. */
  readonly newerWire: number | undefined
  /** One that says of the own epoch that it has other voters, or versions. */
  readonly contradicting: ReplicaId | undefined
  /** One that knows a later secret of the group, and has none for this member. */
  readonly refusedBy: ReplicaId | undefined
}

/** What people should know, or do, now; undefined: nothing. */
export const adviceOf = (status: Omit<RoomStatus, 'advice'>, heard: Heard): string | undefined => {
  const { role, id, voters, quorum, members } = status
  const { newerWire, contradicting, refusedBy } = heard
  if (newerWire !== undefined) {
    return `Others here speak version ${newerWire} of the protocol, which this program does not know: update it, in a browser by a reload.`
  }
  if (refusedBy !== undefined && role !== 'stopped' && role !== 'closed') {
    return `Member ${refusedBy.slice(0, 4)} speaks with a later secret of the room, and has none for this member: it was removed, or was away for too long. Ask for a new invite, and come in with that.`
  }
  if (role !== 'voter' && role !== 'observer') return undefined
  if (contradicting !== undefined) {
    return `Replica ${contradicting} has another list of voters, or another version of the state, for the same epoch: start all servers with one list, and at first with one program.`
  }
  const differs = divergenceOf(status)
  if (quorum === 'none') {
    const stands = `Nothing can be changed: ${missing(status)}. Proposals wait for them, and what is here can be read. Where they are gone for good, rebuildRoom begins a new room with what is here.`
    return differs === undefined ? stands : `${stands} ${differs}`
  }
  if (differs !== undefined) return differs
  if (voters.length > 1 || members.length === 1) return undefined
  const sole = voters[0] === id ? 'this member' : `member ${voters[0]?.slice(0, 4)}`
  const cure = members.length === 2 ? ' With a third member it could survive the loss of any one.' : ''
  return `The room stops when its one voter, ${sole}, closes.${cure}`
}

const missing = ({ voters, suspected }: Omit<RoomStatus, 'advice'>): string =>
  voters.length === 1
    ? 'the only voter is away'
    : `${suspected.length} of ${voters.length} voters are away, and ${quorumsOf(voters.length).slow} must be here`

const divergenceOf = ({ diverged }: Omit<RoomStatus, 'advice'>): string | undefined => {
  if (diverged.length === 0) return undefined
  const who = diverged.map(({ member }) => member.slice(0, 4)).join(', ')
  const found = `The same mutators came to something else here and at ${diverged.length === 1 ? 'member' : 'members'} ${who}`
  const names = [...new Set(diverged.flatMap(({ mutators }) => mutators))]
  if (names.length === 0) {
    return `${found}: some mutator is not deterministic, or the programs differ. Compare the programs, find the mutator, and raise the version of the state with a migration that repairs it.`
  }
  const others = names.slice(1, MAX_NAMED).map((name) => `"${name}"`)
  const more = others.length === 0 ? '' : `, or one of those that differ as well (${others.join(', ')})`
  return `${found}: the mutator "${names[0]}" is likely not deterministic${more}, or the programs differ. Mend it, and raise the version of the state with a migration that repairs what it has left.`
}

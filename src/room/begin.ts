import type { Configuration, ExecutedSet, ReplicaId } from '../core/index.js'
import { type KeptProposal, nextLife, type Standing } from '../member/index.js'
import {
  type AnyState,
  ExactlyOnce,
  type ExportedState,
  importedPieces,
  migrateMachine,
  NeedsUpdate,
} from '../state/index.js'
import {
  LateLink,
  type Link,
  type LinkOptions,
  Listeners,
  relayRoomOf,
  type SealedLink,
  type TransportFactory,
} from '../transport/index.js'
import { type Checkpoint, type Invite, WIRE_VERSION } from '../wire/index.js'
import type { RoomOptions } from './contract.js'
import type { Environment } from './environment.js'
import { Host } from './host.js'
import { RoomKeys } from './keys/room-keys.js'
import { connecting, exchanging } from './late/parts.js'
import { abandon, inherit, type Own } from './own.js'
import type { Parts } from './parts.js'
import { reporterLoaded } from './reporter.js'

/** A state, session table included. */
export interface Image {
  readonly stateVersion: number
  readonly chunks: readonly Uint8Array[]
}

/** What the first epoch of a group begins with. */
export interface Founding extends Image {
  /** Sorted. */
  readonly voters: readonly ReplicaId[]
  /** What waits for its answer since another group, whose state this is. */
  readonly proposals?: readonly KeptProposal[]
}

/**
 * Begins a life on a storage: writes its start down, and where the storage holds no state, the one that it founds a group
 * with; only then does anybody hear of it. Gives the identity up when anything of that fails.
 * @param founding undefined: it has a state, or joins
 * @param attend is called with the host in the turn in which it is made: before anything happens there
 */
export const beginLife = async <S extends AnyState>(
  options: RoomOptions<S>,
  invite: Invite,
  own: Own,
  founding: Founding | undefined,
  environment: Environment,
  attend: (host: Host<S>) => void = () => {},
): Promise<Host<S>> => {
  let link: Link | undefined
  try {
    await reporterLoaded(options)
    const { identity, storage, loaded } = own
    let { stored } = own
    const introduction = nextLife(loaded.fresh ? undefined : loaded.life, environment.id(), stored.batches)
    // Before anything is said: a later life is known by it.
    await storage.writeStart(introduction)
    if (founding !== undefined && stored.checkpoint === undefined) {
      const checkpoint = startOf(invite, founding)
      await storage.writeCheckpoint(checkpoint, true)
      stored = { ...stored, checkpoint, cut: checkpoint }
    }
    const inherited = await inherit(own)
    const brought = founding?.proposals ?? []
    if (brought.length > 0) await storage.writeProposals(brought, [])
    const proposals = [...inherited, ...brought]
    const persisted = answerOf(options.storage.durable ? (environment.persist ?? askToPersist)() : undefined)
    const standing = standingOf(options, await options.storage.place())
    const self = { replica: identity.id, incarnation: introduction.start.count }
    const keys = options.transport.withinProcess ? undefined : await RoomKeys.open(storage, identity.id, invite)
    const room = keys === undefined ? `${invite.group}/${invite.secret}` : await relayRoomOf(invite.group)
    // Only by opening a link such a transport says what can't be, and what comes over that is to be heard from the start.
    if (keys === undefined) await exchanging.load()
    else if (options.transport.prepare === undefined) await connecting.load()
    // From here on to the host's listeners in one turn: a link says nothing before the turn has ended in which it was made.
    const opened = openLink(options.transport, { room, self, relay: invite.relay }, keys, environment)
    link = opened.link
    const parts = {
      invite,
      identity,
      storage,
      introduction,
      standing,
      persisted,
      quarantined: own.quarantined,
      proposals,
      keys,
      ...opened,
    }
    const host = new Host(options, parts, stored, environment)
    attend(host)
    return host
  } catch (error) {
    link?.close()
    await abandon(own)
    throw error
  }
}

const openLink = (
  transport: TransportFactory,
  options: LinkOptions,
  keys: RoomKeys | undefined,
  { now, after, random }: Environment,
): Pick<Parts, 'link' | 'sealed' | 'onLink'> => {
  if (keys === undefined) return { link: transport(options), sealed: undefined, onLink: () => {} }
  const clock = { nowMs: now, after }
  const opened = new Listeners<[]>()
  const open = ({ sealedLink }: Awaited<ReturnType<typeof connecting.load>>): SealedLink => {
    const link = sealedLink(transport, options, keys, { clock })
    opened.tell()
    return link
  }
  const onLink = (listener: () => void): void => {
    opened.add(listener)
  }
  if (connecting.now !== undefined) {
    const link = open(connecting.now)
    return { link, sealed: link, onLink }
  }
  // Both are loaded at once, and this member can be used meanwhile.
  transport.prepare?.(options)
  const late = new LateLink(connecting, open, { clock, random })
  return { link: late, sealed: { handshakes: () => late.link?.handshakes() ?? [] }, onLink }
}

/** A state as it is now, with the session table that belongs to it. */
export const imageOf = (executor: ExactlyOnce): Image => ({
  stateVersion: executor.stateVersion,
  chunks: [...executor.snapshot()],
})

/** What a new group begins with: nothing, or what another room has exported. @throws InvalidSnapshot, NeedsUpdate, MigrationThrew */
export const firstImage = (state: AnyState, from: ExportedState | undefined): Image => {
  const machine = state.create()
  if (from !== undefined) {
    const { version, pieces } = importedPieces(from)
    const [lowest, highest] = state.versions
    if (version < lowest || version > highest) throw new NeedsUpdate(version, state.versions)
    machine.restore(pieces, version)
    migrateMachine(machine, version, highest)
  }
  return imageOf(new ExactlyOnce(machine, { versions: state.versions }))
}

const startOf = ({ group }: Invite, { voters, stateVersion, chunks }: Founding): Checkpoint => {
  const configuration: Configuration = { number: 0, voters, wireVersion: WIRE_VERSION, stateVersion }
  const executed: ExecutedSet = { frontier: voters.map(() => 0), beyond: voters.map(() => []) }
  return { group, configuration, executed, chunks }
}

const standingOf = ({ state, storage }: RoomOptions<AnyState>, place: string): Standing => ({
  durable: storage.durable,
  place,
  ageMs: 0,
  stateVersions: state.versions,
  wireVersions: [WIRE_VERSION, WIRE_VERSION],
})

/** Whether the browser promises not to evict what is stored; undefined where it can't be asked. */
const askToPersist = async (): Promise<boolean | undefined> => {
  try {
    return await globalThis.navigator?.storage?.persist?.()
  } catch {
    return undefined
  }
}

/** What there is of an answer by now. Nobody waits for it: Firefox asks people, who may take their time, or never answer. */
const answerOf = (asked: Promise<boolean | undefined> | undefined): (() => boolean | undefined) => {
  let answer: boolean | undefined
  asked?.then(
    (said) => {
      answer = said
    },
    () => {},
  )
  return () => answer
}

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
  relayRoomOf,
  type SealedLink,
  sealing,
  type TransportFactory,
} from '../transport/index.js'
import { type Checkpoint, type Invite, WIRE_VERSION } from '../wire/index.js'
import type { RoomOptions } from './contract.js'
import type { Environment } from './environment.js'
import { Host } from './host.js'
import { RoomKeys } from './keys/room-keys.js'
import { abandon, inherit, type Own } from './own.js'
import type { Sealed } from './parts.js'
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
    // Only by opening a link such a transport says what can't be, and that link is to be sealed from the start.
    if (options.transport.prepare === undefined && keys !== undefined) await sealing.load()
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
): { readonly link: Link; readonly sealed: Sealed | undefined } => {
  if (keys === undefined) return { link: transport(options), sealed: undefined }
  const clock = { nowMs: now, after }
  const open = ({ sealedLink }: Awaited<ReturnType<typeof sealing.load>>): SealedLink =>
    sealedLink(transport, options, keys, { clock })
  if (sealing.now !== undefined) {
    const link = open(sealing.now)
    return { link, sealed: link }
  }
  // Both are loaded at once, and this member can be used meanwhile.
  transport.prepare?.(options)
  const late = new LateLink(sealing, open, { clock, random })
  return { link: late, sealed: { handshakes: () => late.link?.handshakes() ?? [] } }
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

import type { Configuration, ExecutedSet, ReplicaId } from '../core/index.js'
import { nextLife, type Standing } from '../member/index.js'
import { ExactlyOnce, type StateDefinition } from '../state/index.js'
import type { Link } from '../transport/index.js'
import { type Checkpoint, type Invite, WIRE_VERSION } from '../wire/index.js'
import type { RoomOptions } from './contract.js'
import { randomId } from './ids.js'
import { abandon, type Own } from './own.js'
import { LiveRoom } from './room.js'
import { readStored } from './stored.js'

/** A state, session table included. */
export interface Image {
  readonly stateVersion: number
  readonly chunks: readonly Uint8Array[]
}

/** What the first epoch of a group begins with. */
export interface Founding extends Image {
  /** Sorted. */
  readonly voters: readonly ReplicaId[]
}

/**
 * Begins a life on a storage: writes its start down, and where the storage holds no state, the one that it founds a group
 * with; only then does anybody hear of it. Gives the identity up when anything of that fails.
 * @param founding undefined: it has a state, or joins
 */
export const beginLife = async <Api>(
  options: RoomOptions<Api>,
  invite: Invite,
  own: Own,
  founding: Founding | undefined,
): Promise<LiveRoom<Api>> => {
  let link: Link | undefined
  try {
    const { identity, storage, loaded } = own
    const { group, secret, relay } = invite
    let stored = await readStored(own, group)
    const introduction = nextLife(loaded.fresh ? undefined : loaded.life, randomId(), stored.batches)
    // Before anything is said: a later life is known by it.
    await storage.writeStart(introduction)
    if (founding !== undefined && stored.checkpoint === undefined) {
      const checkpoint = startOf(invite, founding)
      await storage.writeCheckpoint(checkpoint, true)
      stored = { ...stored, checkpoint, cut: checkpoint }
    }
    const persisted = options.storage.durable ? await askToPersist() : undefined
    const standing = standingOf(options, await options.storage.place())
    const self = { replica: identity.id, incarnation: introduction.start.count }
    link = options.transport({ room: `${group}/${secret}`, self, relay })
    return new LiveRoom(options, { invite, identity, storage, introduction, standing, persisted, link }, stored)
  } catch (error) {
    link?.close()
    await abandon(own)
    throw error
  }
}

/** A state without anything in it, as new members of a new group begin with. */
export const emptyState = <Api>(state: StateDefinition<Api>): Image => {
  const { machine } = state.create(() => Promise.reject(new Error('this machine is only looked at')))
  return imageOf(new ExactlyOnce(machine, { versions: state.versions }))
}

/** A state as it is now. */
export const imageOf = (machine: ExactlyOnce): Image => {
  return { stateVersion: machine.stateVersion, chunks: [...machine.snapshot()] }
}

const startOf = ({ group }: Invite, { voters, stateVersion, chunks }: Founding): Checkpoint => {
  const configuration: Configuration = { number: 0, voters, wireVersion: WIRE_VERSION, stateVersion }
  const executed: ExecutedSet = { frontier: voters.map(() => 0), beyond: voters.map(() => []) }
  return { group, configuration, executed, chunks }
}

const standingOf = <Api>({ state, storage }: RoomOptions<Api>, place: string): Standing => ({
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

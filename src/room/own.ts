import type { Configuration, GroupId, ReplicaId } from '../core/index.js'
import type { Loaded, Storage, StorageFactory } from '../storage/index.js'
import { IdentityLost } from './errors.js'
import { Identities, type Identity } from './identity.js'

/** An identity that no other replica lives under, with what is stored for it. */
export interface Own {
  readonly identity: Identity
  readonly storage: Storage
  readonly loaded: Loaded
}

/**
 * Of the identities that are stored for this group and free: one that votes in the latest epoch that any of them knows,
 * else the one that knows most, else a new one. A taken one that may vote is waited for: it may be this page's former self.
 */
export const openAny = async (factory: StorageFactory, group: GroupId): Promise<Own> => {
  const identities = new Identities(factory, group)
  const { free, taken } = await identities.stored()
  const waiting = [...free]
  const candidates: Own[] = []
  const consider = async (identity: Identity): Promise<void> => {
    const own = await openStorage(factory, group, identity)
    if (hasForgotten(own)) await abandon(own)
    else candidates.push(own)
  }
  try {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await consider(next)
    const latest = latestAmong(candidates)
    const freed = votesAmong(candidates, latest)
      ? undefined
      : await identities.freed(taken.filter((id) => latest?.voters.includes(id) ?? true))
    if (freed !== undefined) await consider(freed)
    const best = bestOf(candidates) ?? (await openStorage(factory, group, await identities.fresh()))
    for (const other of candidates) if (other !== best) await abandon(other)
    return best
  } catch (error) {
    for (const identity of waiting) identity.release()
    for (const own of candidates) await abandon(own)
    throw error
  }
}

/** A new identity of this group. */
export const openNew = async (factory: StorageFactory, group: GroupId): Promise<Own> =>
  openStorage(factory, group, await new Identities(factory, group).fresh())

/** This very identity, whether anything is stored for it or not. @throws IdentityLost */
export const openListed = async (factory: StorageFactory, group: GroupId, id: ReplicaId): Promise<Own> => {
  const own = await openStorage(factory, group, await new Identities(factory, group).claim(id))
  if (own.loaded.fresh || !hasForgotten(own)) return own
  await abandon(own)
  throw new IdentityLost(id)
}

/** Gives up an identity, for the next one to take. */
export const abandon = async ({ storage, identity }: Own): Promise<void> => {
  await storage.close()
  identity.release()
}

/** Its storage is gone, or it has left, or was found to be an older copy: it never comes back under its id [H14]. */
const hasForgotten = ({ identity, loaded }: Own): boolean =>
  loaded.fresh || loaded.lives.some(({ replica }) => replica === identity.id)

const configurationOf = ({ loaded }: Own): Configuration | undefined =>
  loaded.fresh ? undefined : loaded.checkpoint?.configuration

const epochOf = (own: Own): number => configurationOf(own)?.number ?? -1

const bestOf = (candidates: readonly Own[]): Own | undefined => {
  const latest = latestAmong(candidates)
  const voter = candidates.find(({ identity }) => latest?.voters.includes(identity.id))
  return voter ?? candidates.reduce<Own | undefined>((a, b) => (a && epochOf(a) >= epochOf(b) ? a : b), undefined)
}

const latestAmong = (candidates: readonly Own[]): Configuration | undefined =>
  candidates.map(configurationOf).reduce((a, b) => ((a?.number ?? -1) >= (b?.number ?? -1) ? a : b), undefined)

const votesAmong = (candidates: readonly Own[], latest: Configuration | undefined): boolean =>
  candidates.some(({ identity }) => latest?.voters.includes(identity.id))

const openStorage = async (factory: StorageFactory, group: GroupId, identity: Identity): Promise<Own> => {
  let storage: Storage | undefined
  try {
    storage = await factory.open(group, identity.id)
    return { identity, storage, loaded: await storage.load() }
  } catch (error) {
    await storage?.close()
    identity.release()
    throw error
  }
}

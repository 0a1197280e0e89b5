import type { Configuration, GroupId, ReplicaId } from '../core/index.js'
import type { KeptProposal } from '../member/index.js'
import type { Loaded, Storage, StorageFactory } from '../storage/index.js'
import type { Environment } from './environment.js'
import { IdentityLost } from './errors.js'
import { Identities, type Identity } from './identity.js'

/** An identity that no other replica lives under, with what is stored for it. */
export interface Own {
  readonly identity: Identity
  readonly storage: Storage
  readonly loaded: Loaded
  /** What waits there for its answer. */
  readonly proposals: readonly KeptProposal[]
  /** Identities of the same group that nobody uses, nor will while this one lives: see `inherit`. */
  readonly others: readonly Own[]
}

/**
 * Of the identities that are stored for this group and free: one that votes in the latest epoch that any of them knows,
 * else the one that knows most, else a new one. A taken one that may vote is waited for: it may be this page's former self.
 */
export const openAny = async (factory: StorageFactory, group: GroupId, environment: Environment): Promise<Own> => {
  const identities = new Identities(factory, group, environment)
  const { free, taken } = await identities.stored()
  const waiting = [...free]
  const candidates: Own[] = []
  /** They never come back under their ids. */
  const former: Own[] = []
  const consider = async (identity: Identity): Promise<void> => {
    const own = await openStorage(factory, group, identity)
    if (hasForgotten(own)) former.push(own)
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
    return { ...best, others: [...former, ...candidates].filter((other) => other !== best) }
  } catch (error) {
    for (const identity of waiting) identity.release()
    for (const own of [...former, ...candidates]) await abandon(own)
    throw error
  }
}

/** A new identity of this group. */
export const openNew = async (factory: StorageFactory, group: GroupId, environment: Environment): Promise<Own> =>
  openStorage(factory, group, await new Identities(factory, group, environment).fresh())

/** This very identity, whether anything is stored for it or not. @throws IdentityLost */
export const openListed = async (
  factory: StorageFactory,
  group: GroupId,
  id: ReplicaId,
  environment: Environment,
): Promise<Own> => {
  const own = await openStorage(factory, group, await new Identities(factory, group, environment).claim(id))
  if (own.loaded.fresh || !hasForgotten(own)) return own
  await abandon(own)
  throw new IdentityLost(id)
}

/**
 * What waits in the storages of others is this one's to send from now on: a proposal is its client's, whatever replica
 * sends it. Written here before it is removed there: one that is in both is one, by its id. Gives the others up.
 * @returns all that waits
 */
export const inherit = async ({ storage, proposals, others }: Own): Promise<readonly KeptProposal[]> => {
  const all = new Map(proposals.map((proposal) => [proposal.id, proposal]))
  for (const other of others) {
    // What no place is known of in an older copy of a storage may have got one later, and been executed.
    const trusted = hasForgotten(other) ? other.proposals.filter(({ place }) => place !== undefined) : other.proposals
    const ids = trusted.map(({ id }) => id)
    const missing = trusted.filter(({ id }) => !all.has(id))
    for (const proposal of missing) all.set(proposal.id, proposal)
    if (missing.length > 0) await storage.writeProposals(missing, [])
    if (ids.length > 0) await other.storage.writeProposals([], ids)
    await abandon(other)
  }
  return [...all.values()]
}

/** Gives up an identity, for the next one to take. */
export const abandon = async ({ storage, identity, others }: Own): Promise<void> => {
  for (const other of others) await abandon(other)
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
    const loaded = await storage.load()
    return { identity, storage, loaded, proposals: await storage.readProposals(), others: [] }
  } catch (error) {
    await storage?.close()
    identity.release()
    throw error
  }
}

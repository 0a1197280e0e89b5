import type { Configuration, GroupId, ReplicaId } from '../core/index.js'
import type { KeptProposal } from '../member/index.js'
import { type Loaded, type Storage, StorageCorrupt, type StorageFactory } from '../storage/index.js'
import type { Environment } from './environment.js'
import { IdentityLost } from './errors.js'
import { Identities, type Identity } from './identity.js'
import { type Rescue, rescued } from './rescue.js'
import { readStored, type Stored } from './stored.js'

/** An identity that no other replica lives under, with what is stored for it, as far as it was looked at. */
interface Opened {
  readonly identity: Identity
  readonly storage: Storage
  readonly loaded: Loaded
  /** What waits there for its answer. */
  readonly proposals: readonly KeptProposal[]
}

/** An identity whose storage can't be trusted. It never votes again, nor comes back under its id. */
export interface Damaged extends Rescue {
  readonly identity: Identity
  readonly damage: StorageCorrupt
  /** Closes the storage, and has it left aside. */
  readonly quarantine: () => Promise<void>
  readonly close: () => Promise<void>
}

/** All that is stored for it was read, and can be trusted. */
interface Read extends Opened {
  readonly stored: Stored
}

/** An identity to live under. */
export interface Own extends Read {
  /** Identities of the same group that nobody uses, nor will while this one lives: see `inherit`. */
  readonly others: readonly (Opened | Damaged)[]
  /** Those of the others that can't be trusted. */
  readonly quarantined: readonly ReplicaId[]
}

/**
 * Of the identities that are stored for this group and free: one that votes in the latest epoch that any of them knows,
 * else the one that knows most, else a new one. A taken one that may vote is waited for: it may be this page's former self.
 * One whose storage is damaged is as good as none.
 */
export const openAny = async (factory: StorageFactory, group: GroupId, environment: Environment): Promise<Own> => {
  const identities = new Identities(factory, group, environment)
  const { free, taken } = await identities.stored()
  const waiting = [...free]
  let candidates: readonly Opened[] = []
  /** They never come back under their ids. */
  const former: (Opened | Damaged)[] = []
  const consider = async (identity: Identity): Promise<void> => {
    const opened = await open(factory, group, identity)
    if ('damage' in opened || hasForgotten(opened)) former.push(opened)
    else candidates = [...candidates, opened]
  }
  const read = new Map<Opened, Stored>()
  const best = async (): Promise<Own | undefined> => {
    for (let next = bestOf(candidates); next !== undefined; next = bestOf(candidates)) {
      const stored = read.get(next) ?? (await readAll(factory, group, next))
      if (!('damage' in stored)) {
        read.set(next, stored)
        return withOthers(
          { ...next, stored },
          [...former, ...candidates].filter((other) => other !== next),
        )
      }
      candidates = candidates.filter((other) => other !== next)
      former.push(stored)
    }
    return undefined
  }
  try {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await consider(next)
    const own = await best()
    const latest = latestAmong(candidates)
    const isVoter = own !== undefined && (latest?.voters.includes(own.identity.id) ?? false)
    const freed = isVoter
      ? undefined
      : await identities.freed(taken.filter((id) => latest?.voters.includes(id) ?? true))
    if (freed === undefined && own !== undefined) return own
    if (freed !== undefined) await consider(freed)
    return (await best()) ?? withOthers(await openFresh(factory, group, await identities.fresh()), former)
  } catch (error) {
    for (const identity of waiting) identity.release()
    for (const each of [...former, ...candidates]) await giveUp(each)
    throw error
  }
}

/** A new identity of this group. */
export const openNew = async (factory: StorageFactory, group: GroupId, environment: Environment): Promise<Own> =>
  withOthers(await openFresh(factory, group, await new Identities(factory, group, environment).fresh()))

/** This very identity, whether anything is stored for it or not. @throws IdentityLost */
export const openListed = async (
  factory: StorageFactory,
  group: GroupId,
  id: ReplicaId,
  environment: Environment,
): Promise<Own> => {
  const read = await openWhole(factory, group, await new Identities(factory, group, environment).claim(id))
  if ('damage' in read) {
    await setAside(read)
    throw new IdentityLost(id, { cause: read.damage })
  }
  const own = withOthers(read)
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
    const trusted = 'damage' in other ? other.trusted : trustedOf(other)
    const missing = trusted.filter(({ id }) => !all.has(id))
    for (const proposal of missing) all.set(proposal.id, proposal)
    if (missing.length > 0) await storage.writeProposals(missing, [])
    if ('damage' in other) await setAside(other)
    else {
      const ids = trusted.map(({ id }) => id)
      if (ids.length > 0) await other.storage.writeProposals([], ids)
      await giveUp(other)
    }
  }
  return [...all.values()]
}

/** Gives up an identity, for the next one to take. */
export const abandon = async (own: Own): Promise<void> => {
  for (const each of [...own.others, own]) await giveUp(each)
}

const withOthers = (read: Read, others: readonly (Opened | Damaged)[] = []): Own => ({
  ...read,
  others,
  quarantined: others.filter((other) => 'damage' in other).map(({ identity }) => identity.id),
})

const giveUp = async (it: Opened | Damaged): Promise<void> => {
  await ('damage' in it ? it.close() : it.storage.close())
  it.identity.release()
}

const setAside = async ({ identity, quarantine }: Damaged): Promise<void> => {
  await quarantine()
  identity.release()
}

/** Its storage is gone, or it has left, or was found to be an older copy: it never comes back under its id [H14]. */
const hasForgotten = ({ identity, loaded }: Opened): boolean =>
  loaded.fresh || loaded.lives.some(({ replica }) => replica === identity.id)

/** What no place is known of in an older copy of a storage may have got one later, and been executed. */
const trustedOf = (opened: Opened): readonly KeptProposal[] =>
  hasForgotten(opened) ? opened.proposals.filter(({ place }) => place !== undefined) : opened.proposals

const configurationOf = ({ loaded }: Opened): Configuration | undefined =>
  loaded.fresh ? undefined : loaded.checkpoint?.configuration

const epochOf = (opened: Opened): number => configurationOf(opened)?.number ?? -1

const bestOf = (candidates: readonly Opened[]): Opened | undefined => {
  const latest = latestAmong(candidates)
  const voter = candidates.find(({ identity }) => latest?.voters.includes(identity.id))
  return voter ?? candidates.reduce<Opened | undefined>((a, b) => (a && epochOf(a) >= epochOf(b) ? a : b), undefined)
}

const latestAmong = (candidates: readonly Opened[]): Configuration | undefined =>
  candidates.map(configurationOf).reduce((a, b) => ((a?.number ?? -1) >= (b?.number ?? -1) ? a : b), undefined)

const openFresh = async (factory: StorageFactory, group: GroupId, identity: Identity): Promise<Read> => {
  const read = await openWhole(factory, group, identity)
  if (!('damage' in read)) return read
  await giveUp(read)
  throw read.damage
}

const openWhole = async (factory: StorageFactory, group: GroupId, identity: Identity): Promise<Read | Damaged> => {
  const opened = await open(factory, group, identity)
  if ('damage' in opened) return opened
  const stored = await readAll(factory, group, opened)
  return 'damage' in stored ? stored : { ...opened, stored }
}

/** All but the state and the records, which are read once it is known that they are needed. */
const open = async (factory: StorageFactory, group: GroupId, identity: Identity): Promise<Opened | Damaged> => {
  let storage: Storage | undefined
  try {
    storage = await factory.open(group, identity.id)
    const loaded = await storage.load()
    const proposals = await storage.readProposals()
    // Whoever needs them reads them again: they are few, and where they are damaged, this is no member.
    await storage.readKeys()
    return { identity, storage, loaded, proposals }
  } catch (error) {
    return damagedBy(error, factory, group, identity, storage)
  }
}

const readAll = async (factory: StorageFactory, group: GroupId, opened: Opened): Promise<Stored | Damaged> => {
  try {
    return await readStored(opened, group)
  } catch (error) {
    return damagedBy(error, factory, group, opened.identity, opened.storage)
  }
}

/** @throws the error where it is another one, once the identity is given up */
const damagedBy = async (
  error: unknown,
  factory: StorageFactory,
  group: GroupId,
  identity: Identity,
  storage: Storage | undefined,
): Promise<Damaged> => {
  const close = async (): Promise<void> => storage?.close()
  try {
    if (!(error instanceof StorageCorrupt && error.isDamage)) throw error
    const rescue = rescued(
      storage === undefined ? { proposals: [], lost: undefined } : await storage.salvageProposals(),
    )
    const quarantine = (): Promise<void> => close().then(() => factory.quarantine(group, identity.id))
    return { identity, damage: error, close, quarantine, ...rescue }
  } catch (failure) {
    await close()
    identity.release()
    throw failure
  }
}

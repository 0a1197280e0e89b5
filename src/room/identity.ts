import type { ReplicaId } from '../core/index.js'
import type { StorageFactory } from '../storage/index.js'
import { Unsupported } from './errors.js'
import { randomId } from './ids.js'

/** A replica id that no other live replica of this origin has. */
export interface Identity {
  readonly id: ReplicaId
  /** It was used before: a storage that is empty now has lost what it promised. */
  readonly stored: boolean
  release(): void
}

/** A reloaded page asks while its former self still holds the lock: that takes a moment, not longer. */
const RELOAD_GRACE_MS = 1000

/**
 * The oldest identity stored for the room that no living replica of this origin holds; a new one where there is none:
 * never a second copy of one. It is held under a Web Lock, which the browser frees when the page ends, however it ends.
 * @param lost identities not to be used again
 * @throws Unsupported where identities are stored and there are no Web Locks
 */
export const claimIdentity = async (
  storage: StorageFactory,
  room: string,
  lost: ReadonlySet<ReplicaId>,
): Promise<Identity> => {
  if (!storage.durable) return { id: randomId(), stored: false, release: () => {} }
  const locks = globalThis.navigator?.locks
  if (locks === undefined) {
    throw new Unsupported('a durable replica needs Web Locks: open the page over https, or on localhost')
  }
  const stored = (await storage.identities(room)).filter((id) => !lost.has(id))
  for (const id of stored) {
    const release = await lock(locks, room, id, { ifAvailable: true })
    if (release !== undefined) return { id, stored: true, release }
  }
  return (await waitForAny(locks, room, stored)) ?? fresh(locks, room)
}

const fresh = async (locks: LockManager, room: string): Promise<Identity> => {
  const id = randomId()
  const release = await lock(locks, room, id, { ifAvailable: true })
  if (release === undefined) throw new Unsupported('the lock of a random name is taken: is chance broken here?')
  return { id, stored: false, release }
}

/** The first of these identities to become free within the grace period. */
const waitForAny = async (
  locks: LockManager,
  room: string,
  ids: readonly ReplicaId[],
): Promise<Identity | undefined> => {
  const enough = new AbortController()
  const timer = setTimeout(() => enough.abort(), RELOAD_GRACE_MS)
  let claimed: Identity | undefined
  await Promise.all(
    ids.map(async (id) => {
      const release = await lock(locks, room, id, { signal: enough.signal })
      if (release === undefined) return
      if (claimed === undefined) claimed = { id, stored: true, release }
      else release()
      enough.abort()
    }),
  )
  clearTimeout(timer)
  return claimed
}

/** Resolves with what frees the lock, or undefined when it was not to be had. */
const lock = (
  locks: LockManager,
  room: string,
  id: ReplicaId,
  how: { ifAvailable: true } | { signal: AbortSignal },
): Promise<(() => void) | undefined> =>
  new Promise((resolve, reject) => {
    const held = (granted: Lock | null): Promise<void> | undefined => {
      if (granted !== null) return new Promise((release) => resolve(release))
      resolve(undefined)
      return undefined
    }
    locks.request(`epaxos/${room}/${id}`, how, held).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'AbortError') resolve(undefined)
      else reject(error)
    })
  })

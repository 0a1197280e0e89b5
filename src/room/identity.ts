import type { ReplicaId } from '../core/index.js'
import type { StorageFactory } from '../storage/index.js'
import { Unsupported } from './errors.js'
import { randomId } from './ids.js'

/** A replica id that no other live replica of this origin has. */
export interface Identity {
  readonly id: ReplicaId
  release(): void
}

/** A reloaded page asks while its former self still holds the lock: that takes a moment, not longer. */
const RELOAD_GRACE_MS = 1000

/**
 * The identities of one room in this origin. Each is held under a Web Lock by the one replica that lives under it; the
 * browser frees it when the page ends, however it ends: so there is never a second copy of one.
 */
export class Identities {
  readonly #storage: StorageFactory
  readonly #room: string
  readonly #locks: LockManager | undefined

  /** @throws Unsupported where identities are stored and there are no Web Locks */
  constructor(storage: StorageFactory, room: string) {
    this.#storage = storage
    this.#room = room
    this.#locks = storage.durable ? globalThis.navigator?.locks : undefined
    if (storage.durable && this.#locks === undefined) {
      throw new Unsupported('a durable replica needs Web Locks: open the page over https, or on localhost')
    }
  }

  /** Those stored that are free now, oldest first, and then one that becomes free within a moment, if any were taken. */
  async *stored(): AsyncIterable<Identity> {
    const locks = this.#locks
    if (locks === undefined) return
    const taken: ReplicaId[] = []
    for (const id of await this.#storage.identities(this.#room)) {
      const release = await lock(locks, this.#room, id, { ifAvailable: true })
      if (release === undefined) taken.push(id)
      else yield { id, release }
    }
    const freed = await waitForAny(locks, this.#room, taken)
    if (freed !== undefined) yield freed
  }

  /** One that was never used. */
  async fresh(): Promise<Identity> {
    const id = randomId()
    if (this.#locks === undefined) return { id, release: () => {} }
    const release = await lock(this.#locks, this.#room, id, { ifAvailable: true })
    if (release === undefined) throw new Unsupported('the lock of a random name is taken: is chance broken here?')
    return { id, release }
  }
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
      if (claimed === undefined) claimed = { id, release }
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

import type { GroupId, ReplicaId } from '../core/index.js'
import type { StorageFactory } from '../storage/index.js'
import type { Environment } from './environment.js'
import { Unsupported } from './errors.js'
import { hold } from './hold.js'

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
  readonly #group: GroupId
  readonly #environment: Environment
  readonly #locks: LockManager | undefined

  /** @throws Unsupported where identities are stored and there are no Web Locks */
  constructor(storage: StorageFactory, group: GroupId, environment: Environment) {
    this.#environment = environment
    this.#storage = storage
    this.#group = group
    this.#locks = storage.durable ? (environment.locks ?? globalThis.navigator?.locks) : undefined
    if (storage.durable && this.#locks === undefined) {
      throw new Unsupported('a durable replica needs Web Locks: open the page over https, or on localhost')
    }
  }

  /** Those stored, oldest first: claimed where they are free now, else only named. */
  async stored(): Promise<{ readonly free: readonly Identity[]; readonly taken: readonly ReplicaId[] }> {
    const free: Identity[] = []
    const taken: ReplicaId[] = []
    if (this.#locks === undefined) return { free, taken }
    // One at a time: what waits in the free ones is theirs who finds them, all of it.
    const found = await this.#lock(this.#locks, 'opening', { signal: new AbortController().signal })
    try {
      for (const id of await this.#storage.identities(this.#group)) {
        const release = await this.#lock(this.#locks, id, { ifAvailable: true })
        if (release === undefined) taken.push(id)
        else free.push({ id, release })
      }
    } finally {
      found?.()
    }
    return { free, taken }
  }

  /** The first of these to become free within a moment; undefined: none has. */
  async freed(ids: readonly ReplicaId[]): Promise<Identity | undefined> {
    const locks = this.#locks
    if (locks === undefined || ids.length === 0) return undefined
    const enough = new AbortController()
    const cancel = this.#environment.after(RELOAD_GRACE_MS, () => enough.abort())
    let claimed: Identity | undefined
    await Promise.all(
      ids.map(async (id) => {
        const release = await this.#lock(locks, id, { signal: enough.signal })
        if (release === undefined) return
        if (claimed === undefined) claimed = { id, release }
        else release()
        enough.abort()
      }),
    )
    cancel()
    return claimed
  }

  /** One that was never used. */
  async fresh(): Promise<Identity> {
    const id = this.#environment.id()
    if (this.#locks === undefined) return { id, release: () => {} }
    const release = await this.#lock(this.#locks, id, { ifAvailable: true })
    if (release === undefined) throw new Unsupported('the lock of a random name is taken: is chance broken here?')
    return { id, release }
  }

  /** This very one. @throws Unsupported when somebody else lives under it, also a moment later */
  async claim(id: ReplicaId): Promise<Identity> {
    if (this.#locks === undefined) return { id, release: () => {} }
    const identity = await this.freed([id])
    if (identity === undefined) throw new Unsupported(`replica ${id} is in use already: each id is for one replica`)
    return identity
  }

  #lock(locks: LockManager, id: ReplicaId, how: Parameters<typeof hold>[2]): Promise<(() => void) | undefined> {
    return hold(locks, `epaxos/${this.#group}/${id}`, how)
  }
}

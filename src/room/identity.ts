import type { GroupId, ReplicaId } from '../core/index.js'
import type { HoldHow, StorageFactory } from '../storage/index.js'
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

/** Keeps a name from everybody else until it is freed; undefined: it was not to be had. */
type Hold = (name: string, how: HoldHow) => Promise<(() => void) | undefined>

/**
 * The identities of one room in this origin, or on this machine. Each is held by the one replica that lives under it, by a
 * Web Lock, or by what the storage has instead; it is freed when the page or the process ends, however it ends: so there is
 * never a second copy of one.
 */
export class Identities {
  readonly #storage: StorageFactory
  readonly #group: GroupId
  readonly #environment: Environment
  /** Undefined where nothing is stored: nobody else can come to have such an identity. */
  readonly #hold: Hold | undefined

  /** @throws Unsupported where identities are stored and nothing can hold them */
  constructor(storage: StorageFactory, group: GroupId, environment: Environment) {
    this.#environment = environment
    this.#storage = storage
    this.#group = group
    this.#hold = storage.durable ? holdOf(storage, environment) : undefined
  }

  /** Those stored, oldest first: claimed where they are free now, else only named. */
  async stored(): Promise<{ readonly free: readonly Identity[]; readonly taken: readonly ReplicaId[] }> {
    const free: Identity[] = []
    const taken: ReplicaId[] = []
    const hold = this.#hold
    if (hold === undefined) return { free, taken }
    // One at a time: what waits in the free ones is theirs who finds them, all of it.
    const found = await hold(this.#nameOf('opening'), { signal: new AbortController().signal })
    try {
      for (const id of await this.#storage.identities(this.#group)) {
        const release = await hold(this.#nameOf(id), { ifAvailable: true })
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
    const hold = this.#hold
    if (hold === undefined || ids.length === 0) return undefined
    const enough = new AbortController()
    const cancel = this.#environment.after(RELOAD_GRACE_MS, () => enough.abort())
    let claimed: Identity | undefined
    await Promise.all(
      ids.map(async (id) => {
        const release = await hold(this.#nameOf(id), { signal: enough.signal })
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
    if (this.#hold === undefined) return { id, release: () => {} }
    const release = await this.#hold(this.#nameOf(id), { ifAvailable: true })
    if (release === undefined) throw new Unsupported('the lock of a random name is taken: is chance broken here?')
    return { id, release }
  }

  /** This very one. @throws Unsupported when somebody else lives under it, also a moment later */
  async claim(id: ReplicaId): Promise<Identity> {
    if (this.#hold === undefined) return { id, release: () => {} }
    const identity = await this.freed([id])
    if (identity === undefined) throw new Unsupported(`replica ${id} is in use already: each id is for one replica`)
    return identity
  }

  #nameOf(what: string): string {
    return `epaxos/${this.#group}/${what}`
  }
}

const holdOf = (storage: StorageFactory, { locks = globalThis.navigator?.locks }: Environment): Hold => {
  const own = storage.hold?.bind(storage)
  if (own !== undefined) return own
  // Node and workers at the edge may have a `navigator` without locks, or with ones that bind one thread only.
  if (locks === undefined) {
    throw new Unsupported('a durable replica needs Web Locks: open the page over https, or on localhost')
  }
  return (name, how) => hold(locks, name, how)
}

interface Held {
  readonly owner: object
  readonly release: () => void
}

/** Web Locks of one device: exclusive, and freed when the process that holds them ends. */
export class VirtualLocks {
  readonly #held = new Map<string, Held>()
  /** All are called when a lock was freed, in the order in which they came. */
  readonly #waiting = new Set<() => void>()

  /** As one process sees them. */
  of(owner: object): LockManager {
    return {
      request: async <T>(name: string, ...how: [LockGrantedCallback<T>] | [LockOptions, LockGrantedCallback<T>]) =>
        how.length === 1 ? this.#request(owner, name, {}, how[0]) : this.#request(owner, name, ...how),
      query: async () => ({
        held: Array.from(this.#held.keys(), (name) => ({ name, mode: 'exclusive' })),
        pending: [],
      }),
    }
  }

  /** The process has ended. */
  release(owner: object): void {
    for (const held of [...this.#held.values()]) if (held.owner === owner) held.release()
  }

  async #request<T>(
    owner: object,
    name: string,
    { ifAvailable = false, signal }: LockOptions,
    granted: LockGrantedCallback<T>,
  ): Promise<Awaited<T>> {
    while (this.#held.has(name)) {
      if (ifAvailable) return await granted(null)
      await this.#freed(signal)
    }
    return new Promise<Awaited<T>>((resolve, reject) => {
      const held = { owner, release: () => this.#free(name, held) }
      this.#held.set(name, held)
      Promise.resolve(granted({ name, mode: 'exclusive' }))
        .then(resolve, reject)
        .finally(held.release)
    })
  }

  #free(name: string, held: Held): void {
    if (this.#held.get(name) !== held) return
    this.#held.delete(name)
    for (const wake of [...this.#waiting]) wake()
  }

  #freed(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted()
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        this.#waiting.delete(wake)
        signal?.removeEventListener('abort', abort)
      }
      const wake = (): void => {
        stop()
        resolve()
      }
      const abort = (): void => {
        stop()
        reject(signal?.reason)
      }
      this.#waiting.add(wake)
      signal?.addEventListener('abort', abort)
    })
  }
}

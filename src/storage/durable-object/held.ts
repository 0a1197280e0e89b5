import type { HoldHow } from '../contract.js'

/** Names of which each is held by one at a time, within this process. Who waits comes in order. */
export class Held {
  /** Who waits for each name that is held. */
  readonly #waiting = new Map<string, Set<() => void>>()

  async hold(name: string, how: HoldHow): Promise<(() => void) | undefined> {
    const waiting = this.#waiting.get(name)
    if (waiting === undefined) {
      this.#waiting.set(name, new Set())
      return this.#freeing(name)
    }
    if ('ifAvailable' in how || how.signal.aborted) return undefined
    const { signal } = how
    return new Promise((resolve) => {
      const giveUp = (): void => {
        waiting.delete(take)
        resolve(undefined)
      }
      const take = (): void => {
        signal.removeEventListener('abort', giveUp)
        resolve(this.#freeing(name))
      }
      waiting.add(take)
      signal.addEventListener('abort', giveUp, { once: true })
    })
  }

  /** What frees the name, once. */
  #freeing(name: string): () => void {
    let freed = false
    return () => {
      if (freed) return
      freed = true
      this.#passOn(name)
    }
  }

  #passOn(name: string): void {
    const waiting = this.#waiting.get(name)
    const [next] = waiting ?? []
    if (next === undefined) this.#waiting.delete(name)
    else {
      waiting?.delete(next)
      next()
    }
  }
}

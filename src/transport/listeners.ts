import type { Unsubscribe } from './contract.js'

/** The listeners to one kind of event. */
export class Listeners<Args extends unknown[]> {
  readonly #listeners = new Set<{ readonly call: (...args: Args) => void }>()

  add(call: (...args: Args) => void): Unsubscribe {
    // The same function may listen twice: each has its own entry.
    const entry = { call }
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  /** What a listener throws becomes an uncaught error of the application's, as from any event handler; no one else suffers. */
  tell(...args: Args): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener.call(...args)
      } catch (error) {
        queueMicrotask(() => {
          throw error
        })
      }
    }
  }

  clear(): void {
    this.#listeners.clear()
  }
}

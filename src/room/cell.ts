import type { Unsubscribe } from '../transport/index.js'
import type { Observable } from './contract.js'

/** Tells its listeners that something has changed, once a turn however much has. */
export class Notifier {
  readonly #listeners = new Set<{ readonly call: () => void }>()
  #pending = false

  add(call: () => void): Unsubscribe {
    // The same function may listen twice: each has its own entry.
    const entry = { call }
    this.#listeners.add(entry)
    return () => this.#listeners.delete(entry)
  }

  changed(): void {
    if (this.#pending || this.#listeners.size === 0) return
    this.#pending = true
    queueMicrotask(() => {
      this.#pending = false
      for (const listener of [...this.#listeners]) {
        try {
          listener.call()
        } catch (error) {
          // The application's own error, as from any event handler: it stops nobody else.
          reportError(error)
        }
      }
    })
  }

  clear(): void {
    this.#listeners.clear()
  }
}

const reportError = (error: unknown): void =>
  queueMicrotask(() => {
    throw error
  })

/** A value computed when somebody asks, and kept until it is said to have changed. */
export class Computed<T> implements Observable<T> {
  readonly #compute: () => T
  readonly #notifier = new Notifier()
  #value: { readonly of: T } | undefined

  constructor(compute: () => T) {
    this.#compute = compute
  }

  get(): T {
    this.#value ??= { of: this.#compute() }
    return this.#value.of
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    return this.#notifier.add(() => listener(this.get()))
  }

  changed(): void {
    this.#value = undefined
    this.#notifier.changed()
  }

  clear(): void {
    this.#notifier.clear()
  }
}

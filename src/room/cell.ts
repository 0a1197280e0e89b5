import { Listeners, type Unsubscribe } from '../transport/index.js'
import type { Observable } from './contract.js'

/** Tells its listeners that something has changed, once a turn however much has. */
export class Notifier {
  readonly #listeners = new Listeners<[]>()
  #pending = false

  add(call: () => void): Unsubscribe {
    return this.#listeners.add(call)
  }

  changed(): void {
    if (this.#pending) return
    this.#pending = true
    queueMicrotask(() => {
      this.#pending = false
      this.#listeners.tell()
    })
  }

  clear(): void {
    this.#listeners.clear()
  }
}

/** A value computed when somebody asks, of what JSON can hold; the same object until it has changed. */
export class Computed<T> implements Observable<T> {
  readonly #compute: () => T
  readonly #notifier = new Notifier()
  #value: { readonly of: T; readonly text: string } | undefined
  #stale = true

  constructor(compute: () => T) {
    this.#compute = compute
  }

  get(): T {
    if (this.#value === undefined || this.#stale) this.#value = this.#fresh(this.#value)
    this.#stale = false
    return this.#value.of
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    let told = this.get()
    return this.#notifier.add(() => {
      const value = this.get()
      if (value === told) return
      told = value
      listener(value)
    })
  }

  /** It may have changed: whoever listens is told if it has. */
  changed(): void {
    this.#stale = true
    this.#notifier.changed()
  }

  clear(): void {
    this.#notifier.clear()
  }

  #fresh(before: { readonly of: T; readonly text: string } | undefined): { readonly of: T; readonly text: string } {
    const of = this.#compute()
    const text = JSON.stringify(of)
    return text === before?.text ? before : { of, text }
  }
}

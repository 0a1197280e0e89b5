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

/** A value computed when somebody asks; the same object until it has changed. */
export class Current<T> implements Observable<T> {
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
    this.#value = undefined
    this.#notifier.changed()
  }

  clear(): void {
    this.#notifier.clear()
  }
}

/** The same for what JSON can hold: a value that is no other than before is the same object. */
export class Computed<T> extends Current<T> {
  constructor(compute: () => T) {
    let before: { readonly of: T; readonly text: string } | undefined
    super(() => {
      const of = compute()
      const text = JSON.stringify(of)
      if (before?.text !== text) before = { of, text }
      return before.of
    })
  }
}

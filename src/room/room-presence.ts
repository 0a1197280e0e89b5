import type { Json, Plain } from '../state/index.js'
import type { Unsubscribe } from '../transport/index.js'
import { Current } from './cell.js'
import type { Presence, Present } from './contract.js'
import { presenceBytes } from './presence.js'

/** A room's presence as applications see it, whatever it stands on. */
export class RoomPresence implements Presence {
  readonly #show: (value: Json | undefined) => void
  readonly #present: Current<readonly Present[]>
  #own: Json | undefined

  constructor(show: (value: Json | undefined) => void, present: () => readonly Present[]) {
    this.#show = show
    this.#present = new Current(present)
  }

  get(): readonly Present[] {
    return this.#present.get()
  }

  subscribe(listener: (present: readonly Present[]) => void): Unsubscribe {
    return this.#present.subscribe(listener)
  }

  set<V extends Plain<V>>(value: V | undefined): void {
    const own = value as Json | undefined
    // Checked here, where it is said: what a backend does with it happens elsewhere.
    if (own !== undefined) presenceBytes(own)
    this.#own = own
    this.#show(own)
  }

  /** Says the same again, to another backend. */
  renew(): void {
    if (this.#own !== undefined) this.#show(this.#own)
    this.#present.changed()
  }

  changed(): void {
    this.#present.changed()
  }

  clear(): void {
    this.#present.clear()
  }
}

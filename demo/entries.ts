import type { Json, ReplicatedMap, Room } from 'epaxos'
import { byId, setText } from './elements.js'
import { EntryRow } from './entry-row.js'
import { SEAT_KEYS } from './seats.js'
import { Stage } from './stage.js'
import { valueFrom } from './text.js'

/** More rows than anybody reads, few enough to draw in a frame. */
const MAX_ROWS = 500

/** The map as a list that can be edited, sorted by key. Rows never move, so that the focus stays where it is. */
export class Entries {
  readonly #list = byId('entries', HTMLUListElement)
  readonly #more = byId('more', HTMLElement)
  readonly #form = byId('add', HTMLFormElement)
  readonly #key = byId('new-key', HTMLInputElement)
  readonly #value = byId('new-value', HTMLInputElement)
  readonly #stage = new Stage(byId('add-stage', HTMLElement))
  readonly #rows = new Map<string, EntryRow>()

  constructor(readonly room: Room<ReplicatedMap>) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#add(this.#key.value, valueFrom(this.#value.value))
    })
  }

  draw(): void {
    const keys = new Set<string>()
    for (const [key] of this.room.state.get().scan()) if (!SEAT_KEYS.includes(key)) keys.add(key)
    for (const [key, row] of this.#rows) if (row.busy) keys.add(key)
    const sorted = [...keys].sort().slice(0, MAX_ROWS)
    this.#removeAllBut(new Set(sorted))
    let next = this.#list.firstElementChild
    for (const key of sorted) {
      let row = this.#rows.get(key)
      if (row === undefined) {
        row = new EntryRow(key, this.room, () => this.draw())
        this.#rows.set(key, row)
        this.#list.insertBefore(row.element, next)
      } else next = row.element.nextElementSibling
      row.show(this.room.state.get().get(key))
    }
    const hidden = keys.size - sorted.length
    setText(
      this.#more,
      keys.size === 0 ? 'Nothing here yet: add the first entry.' : hidden > 0 ? `and ${hidden} more` : '',
    )
  }

  #removeAllBut(kept: ReadonlySet<string>): void {
    for (const [key, row] of this.#rows) {
      if (kept.has(key)) continue
      // Who deletes with the keyboard goes on from the field for the next key.
      if (row.element.contains(document.activeElement)) this.#key.focus()
      row.element.remove()
      this.#rows.delete(key)
    }
  }

  /** Never over an entry that somebody else has added meanwhile. */
  async #add(key: string, value: Json): Promise<void> {
    const result = await this.#stage.follow(
      () => this.room.mutate.compareAndSet({ key, wanted: value }),
      ({ ok }) => (ok ? ['executed', 'executed'] : ['refused', `not added: “${key}” is there already`]),
    )
    if (!result?.ok || this.#key.value !== key) return
    this.#key.value = this.#value.value = ''
    if (document.activeElement === this.#value) this.#key.focus()
  }
}

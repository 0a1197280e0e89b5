import type { Json, ReplicatedMap, Room } from 'epaxos'
import { element, named, setText } from '../elements.js'
import { valueFrom } from '../text.js'
import { isCounter } from './counter.js'
import { EntryRow } from './entry-row.js'
import { noteOf } from './note.js'
import { isSeat } from './seats.js'
import { Stage } from './stage.js'

/** More rows than anybody reads, few enough to draw in a frame. */
const MAX_ROWS = 500

/** The map as a list that can be edited, sorted by key. Rows never move, so that the focus stays where it is. */
export class Entries {
  readonly #room: Room<ReplicatedMap>
  readonly #list = element('ul', { className: 'room-entries', ariaLabel: 'Entries' })
  readonly #more = element('p', { className: 'lead' })
  readonly #key = named('new-key', element('input', { required: true, maxLength: 1024, placeholder: 'title' }))
  readonly #value = named('new-value', element('input', { placeholder: 'text, a number, or JSON' }))
  readonly #whole = element('input', { type: 'checkbox' })
  readonly #output = element('p', { className: 'room-stage', role: 'status' })
  readonly #stage = new Stage(this.#output)
  readonly #rows = new Map<string, EntryRow>()
  readonly element: HTMLElement

  constructor(room: Room<ReplicatedMap>) {
    this.#room = room
    const form = element(
      'form',
      { className: 'room-add', autocomplete: 'off' },
      element('label', {}, 'Key ', this.#key),
      element('label', {}, 'Value ', this.#value),
      named('add', element('button', { type: 'submit', className: 'main', textContent: 'Add' })),
      this.#output,
    )
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      void this.#add(this.#key.value, valueFrom(this.#value.value))
    })
    this.#whole.addEventListener('change', () => this.draw())
    this.element = element(
      'section',
      { className: 'room-card' },
      element('h2', { textContent: 'The shared map behind it' }),
      element('p', {
        className: 'lead',
        textContent:
          'The board is kept in a map of keys and values. Every change goes through the members’ agreement; looking at it doesn’t.',
      }),
      form,
      element('label', { className: 'room-whole' }, this.#whole, 'Show the keys of seats, notes and counter, too'),
      this.#list,
      this.#more,
    )
  }

  draw(): void {
    const state = this.#room.state.get()
    const keys = new Set<string>()
    for (const [key, value] of state.scan()) if (this.#whole.checked || !isOnBoard(key, value)) keys.add(key)
    for (const [key, row] of this.#rows) if (row.busy) keys.add(key)
    const sorted = [...keys].sort().slice(0, MAX_ROWS)
    this.#removeAllBut(new Set(sorted))
    let next = this.#list.firstElementChild
    for (const key of sorted) {
      let row = this.#rows.get(key)
      if (row === undefined) {
        row = new EntryRow(key, this.#room, () => this.draw())
        this.#rows.set(key, row)
        this.#list.insertBefore(row.element, next)
      } else next = row.element.nextElementSibling
      row.show(state.get(key))
    }
    const hidden = keys.size - sorted.length
    setText(this.#more, keys.size === 0 ? 'No other entries yet.' : hidden > 0 ? `and ${hidden} more` : '')
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
      () => this.#room.mutate.compareAndSet({ key, wanted: value }),
      ({ ok }) => (ok ? ['executed', 'added'] : ['refused', `not added: “${key}” is there already`]),
    )
    if (!result?.ok || this.#key.value !== key) return
    this.#key.value = this.#value.value = ''
    if (document.activeElement === this.#value) this.#key.focus()
  }
}

/** Drawn above, as what it is. */
const isOnBoard = (key: string, value: Json): boolean =>
  isSeat(key) || isCounter(key) || noteOf(key, value) !== undefined

import type { Json, ReplicatedMap, Room } from 'epaxos'
import { element, named } from '../elements.js'
import { shortId, textOf } from '../text.js'
import type { People } from './people.js'
import { Stage } from './stage.js'

/** Four rows of six: few enough that two visitors soon want the same one. */
const SEATS = 24

const SEAT_KEYS: ReadonlySet<string> = new Set(Array.from({ length: SEATS }, (_, index) => `seat/${index + 1}`))

export const isSeat = (key: string): boolean => SEAT_KEYS.has(key)

interface Seat {
  readonly key: string
  readonly button: HTMLButtonElement
  readonly holder: HTMLElement
  shown: string
}

/** Claims and gives back by compare-and-set: of all who claim a free seat at once exactly one gets it. */
export class Seats {
  readonly #room: Room<ReplicatedMap>
  readonly #people: People
  readonly #seats: readonly Seat[] = [...SEAT_KEYS].map((key) => this.#seat(key))
  readonly #output = named('seat-stage', element('p', { className: 'room-stage', role: 'status' }))
  readonly #stage = new Stage(this.#output)
  readonly element: HTMLElement

  constructor(room: Room<ReplicatedMap>, people: People) {
    this.#room = room
    this.#people = people
    const list = element('ul', { className: 'room-seats', ariaLabel: 'Seats' })
    list.append(...this.#seats.map(({ button }) => element('li', {}, button)))
    this.element = element(
      'section',
      { className: 'room-card' },
      element('h2', { textContent: 'Seats' }),
      element('p', {
        className: 'lead',
        textContent: 'Claim one; press again to give it back. Claimed by two at once, it goes to exactly one of them.',
      }),
      list,
      this.#output,
    )
  }

  draw(): void {
    const state = this.#room.state.get()
    for (const seat of this.#seats) {
      const value = state.get(seat.key)
      const held = value === this.#room.id ? 'here' : value === undefined ? 'free' : 'elsewhere'
      const looking = this.#people.all.find((person) => person.at === seat.key && !person.self)
      const says = held === 'free' ? 'free' : held === 'here' ? 'yours' : this.#nameOf(value)
      const now = JSON.stringify([held, says, looking?.name, looking?.colour])
      if (now === seat.shown) continue
      seat.shown = now
      seat.button.dataset.held = held
      seat.holder.textContent = says
      if (looking === undefined) delete seat.button.dataset.colour
      else seat.button.dataset.colour = String(looking.colour)
      seat.button.title = looking === undefined ? '' : `${looking.name} is looking at it`
    }
  }

  #seat(key: string): Seat {
    const number = key.slice('seat/'.length)
    const holder = element('span')
    const button = named(key, element('button', { type: 'button' }, element('strong', { textContent: number }), holder))
    button.addEventListener('click', () => this.#pressed(key, number))
    const look = (): void => this.#people.lookAt(key)
    const away = (): void => this.#people.lookAt(undefined)
    button.addEventListener('pointerenter', look)
    button.addEventListener('focus', look)
    button.addEventListener('pointerleave', away)
    button.addEventListener('blur', away)
    return { key, button, holder, shown: '' }
  }

  #pressed(key: string, number: string): void {
    const self = this.#room.id
    const own = this.#room.state.get().get(key) === self
    const change = own ? { key, expected: self } : { key, wanted: self }
    void this.#stage.follow(
      () => this.#room.mutate.compareAndSet(change),
      (result) =>
        result.ok
          ? ['executed', own ? `seat ${number} is free again` : `seat ${number} is yours`]
          : ['refused', `seat ${number}: ${this.#nameOf(result.actual)} was first`],
    )
  }

  #nameOf(holder: Json | undefined): string {
    if (holder === undefined) return 'nobody'
    return typeof holder === 'string' ? (this.#people.nameOf(holder) ?? shortId(holder)) : textOf(holder)
  }
}

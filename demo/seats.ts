import type { Json, ReplicatedMap, Room } from 'epaxos'
import { byId, element, setText } from './elements.js'
import { Stage } from './stage.js'
import { shortId, textOf } from './text.js'

/** Few enough that two visitors soon want the same one. */
export const SEAT_KEYS: readonly string[] = ['seat/1', 'seat/2', 'seat/3', 'seat/4']

interface Seat {
  readonly key: string
  readonly element: HTMLElement
  readonly holder: HTMLElement
  readonly button: HTMLButtonElement
}

/** Claims and gives back by compare-and-set: of all who claim a free seat at once exactly one gets it. */
export class Seats {
  readonly #seats: readonly Seat[] = SEAT_KEYS.map((key) => this.#seat(key))

  constructor(
    readonly room: Room<ReplicatedMap>,
    readonly self: string,
  ) {
    byId('seats', HTMLUListElement).append(...this.#seats.map((seat) => seat.element))
  }

  draw(): void {
    for (const { key, holder, button, element } of this.#seats) {
      const value = this.room.state.get().get(key)
      const own = value === this.self
      element.dataset.held = own ? 'here' : value === undefined ? 'free' : 'elsewhere'
      setText(holder, value === undefined ? 'free' : own ? 'yours' : nameOf(value))
      setText(button, own ? 'Give back' : 'Claim')
      button.ariaLabel = `${own ? 'Give back' : 'Claim'} ${key}`
    }
  }

  #seat(key: string): Seat {
    const holder = element('strong')
    const button = element('button', { type: 'button' })
    const output = element('p', { className: 'stage', role: 'status' })
    const stage = new Stage(output)
    button.addEventListener('click', () => {
      const own = this.room.state.get().get(key) === this.self
      const change = own ? { key, expected: this.self } : { key, wanted: this.self }
      void stage.follow(
        () => this.room.mutate.compareAndSet(change),
        (result) => (result.ok ? ['executed', 'executed'] : ['refused', `refused: ${nameOf(result.actual)} was first`]),
      )
    })
    const item = element('li', {}, element('span', { textContent: key }), holder, button, output)
    item.dataset.testid = key
    return { key, element: item, holder, button }
  }
}

const nameOf = (value: Json | undefined): string =>
  typeof value === 'string' ? shortId(value) : value === undefined ? 'nobody' : textOf(value)

import type { ReplicatedMap, Room } from 'epaxos'
import { element, named } from '../elements.js'
import { colourFor, MAX_NAME_LENGTH, nameFor, type Person, type Point, personOf } from './person.js'

/** Of this tab, which keeps its name over reloads. */
const NAME_KEY = 'epaxos-demo-name'

/** Who is here, by the room's presence, and what this tab shows of its visitor. */
export class People {
  readonly #room: Room<ReplicatedMap>
  readonly #list = element('ul', { ariaLabel: 'Who is here' })
  readonly element: HTMLElement
  readonly #colour: number
  #name: string
  #at: string | undefined
  #pointer: Point | undefined
  #present: readonly unknown[] = []
  #people: readonly Person[] = []
  #shown = ''

  constructor(room: Room<ReplicatedMap>) {
    this.#room = room
    this.#name = storedName() ?? nameFor(room.id)
    this.#colour = colourFor(room.id)
    const field = element('input', { value: this.#name, maxLength: MAX_NAME_LENGTH, autocomplete: 'off' })
    field.addEventListener('input', () => {
      this.#name = field.value.trim() || nameFor(room.id)
      storeName(this.#name)
      this.#show()
    })
    this.element = element(
      'div',
      { className: 'room-people' },
      element('label', {}, element('span', { textContent: 'You are' }), named('name', field)),
      this.#list,
    )
    this.#show()
  }

  /** This tab's own visitor first; the same array until it has changed. */
  get all(): readonly Person[] {
    const present = this.#room.presence.get()
    if (present !== this.#present) {
      this.#present = present
      this.#people = present.map(personOf).sort((a, b) => Number(b.self) - Number(a.self))
    }
    return this.#people
  }

  /** What to call a member. */
  nameOf(member: string): string | undefined {
    return this.all.find((person) => person.member === member)?.name
  }

  /** What the visitor has the pointer or the focus on; undefined: nothing that others can see. */
  lookAt(key: string | undefined): void {
    if (key === this.#at) return
    this.#at = key
    this.#show()
  }

  pointTo(pointer: Point | undefined): void {
    this.#pointer = pointer
    this.#show()
  }

  draw(): void {
    const now = JSON.stringify(this.all.map(({ tab, name, colour, self }) => [tab, name, colour, self]))
    if (now === this.#shown) return
    this.#shown = now
    this.#list.replaceChildren(...this.all.map(chip))
  }

  /** Nothing more of this tab. */
  leave(): void {
    this.#room.presence.set(undefined)
  }

  #show(): void {
    this.#room.presence.set({ name: this.#name, colour: this.#colour, at: this.#at, ...this.#pointer })
  }
}

const chip = ({ tab, name, colour, self }: Person): HTMLElement => {
  const item = element('li', { title: tab, textContent: self ? `${name} (you)` : name })
  item.dataset.colour = String(colour)
  return named('person', item)
}

const storedName = (): string | undefined => {
  try {
    return sessionStorage.getItem(NAME_KEY)?.slice(0, MAX_NAME_LENGTH) || undefined
  } catch {
    // Forbidden: then it is the one that goes with the id.
    return undefined
  }
}

const storeName = (name: string): void => {
  try {
    sessionStorage.setItem(NAME_KEY, name)
  } catch {
    // Only a convenience.
  }
}

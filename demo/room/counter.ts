import type { ReplicatedMap, Room } from 'epaxos'
import { element, named, setText } from '../elements.js'
import { Stage } from './stage.js'

const KEY = 'counter'

export const isCounter = (key: string): boolean => key === KEY

/** A number that everybody may press at once: no press is lost, and none counts twice. */
export class Counter {
  readonly #room: Room<ReplicatedMap>
  readonly #value = named('counter', element('output', { ariaLabel: 'Counter' }))
  readonly #waiting = element('span', { className: 'room-waiting' })
  readonly #output = element('p', { className: 'room-stage', role: 'status' })
  readonly #stage = new Stage(this.#output)
  readonly element: HTMLElement
  #pressed = 0

  constructor(room: Room<ReplicatedMap>) {
    this.#room = room
    const press = named('count', element('button', { type: 'button', className: 'main', textContent: 'Count one' }))
    press.addEventListener('click', () => void this.#count())
    this.element = element(
      'section',
      { className: 'room-card room-counter' },
      element('h2', { textContent: 'A counter' }),
      element('p', { className: 'lead', textContent: 'Hammer it, all of you: every press counts, and counts once.' }),
      element('p', { className: 'room-count' }, this.#value, press, this.#waiting),
      this.#output,
    )
  }

  draw(): void {
    const value = this.#room.state.get().get(KEY)
    setText(this.#value, typeof value === 'number' ? String(value) : value === undefined ? '0' : '?')
    setText(this.#waiting, this.#pressed === 0 ? '' : `${this.#pressed} on the way`)
  }

  async #count(): Promise<void> {
    this.#pressed++
    await this.#stage.follow(
      () => this.#room.mutate.add({ key: KEY, by: 1 }),
      (result) => (result.ok ? ['executed', `counted: ${result.value}`] : ['refused', 'not counted: it is no number']),
    )
    this.#pressed--
    this.draw()
  }
}

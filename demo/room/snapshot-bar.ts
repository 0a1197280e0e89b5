import type { RoomStatus } from 'epaxos'
import { element, named, setText } from '../elements.js'

/** How far the state has come that is being given to this tab. */
export class SnapshotBar {
  readonly #text = element('p')
  readonly #bar = named('snapshot', element('progress', { ariaLabel: 'The room’s state that has come' }))
  readonly element: HTMLElement = element(
    'div',
    { className: 'room-card room-snapshot', hidden: true },
    this.#text,
    this.#bar,
  )

  draw({ snapshot }: RoomStatus): void {
    this.element.hidden = snapshot === undefined
    if (snapshot === undefined) return
    const { done, bytes } = snapshot
    this.#bar.max = bytes
    this.#bar.value = done
    setText(this.#text, `${megabytes(done)} of ${megabytes(bytes)} MB of the room’s state have come`)
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

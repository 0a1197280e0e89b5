import type { RoomStatus } from 'epaxos'
import { byId, setText } from './elements.js'

/** How far the state has come that is being given to this tab. */
export class SnapshotBar {
  readonly #box = byId('snapshot', HTMLElement)
  readonly #text = byId('snapshot-text', HTMLElement)
  readonly #bar = byId('snapshot-bar', HTMLProgressElement)

  draw({ snapshot }: RoomStatus): void {
    this.#box.hidden = snapshot === undefined
    if (snapshot === undefined) return
    const { done, bytes } = snapshot
    this.#bar.max = bytes
    this.#bar.value = done
    setText(this.#text, `${megabytes(done)} of ${megabytes(bytes)} MB of the room’s state have come`)
  }
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1)

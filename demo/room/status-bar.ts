import type { RoomStatus } from 'epaxos'
import { element, named, setText } from '../elements.js'
import { shortId } from '../text.js'

/** The line at the top: who this tab is, how well the room does, and what is not as it should be. */
export class StatusBar {
  readonly element: HTMLDListElement = element('dl', { className: 'room-status', ariaLabel: 'Status' })
  readonly #self = this.#item('this tab', 'status-id')
  readonly #role = this.#item('role', 'status-role')
  readonly #epoch = this.#item('epoch', 'status-epoch')
  readonly #quorum = this.#item('quorum', 'status-quorum')
  readonly #survives = this.#item('safety', 'status-survives')
  readonly #pending = this.#item('pending', 'status-pending')
  readonly #storage = this.#item('storage', 'status-storage')
  readonly #link = this.#item('relay', 'status-link')
  readonly #refused = this.#item('refused', 'status-refused')

  /** Where there is no room to tell of. */
  say(role: string): void {
    show(this.#role, role)
  }

  draw(status: RoomStatus): void {
    const { id, role, epoch, quorum, pending, behind, storage, link, refused } = status
    const live = role === 'voter' || role === 'observer'
    show(this.#self, shortId(id))
    show(this.#role, role)
    show(this.#epoch, epoch === undefined ? '' : String(epoch))
    show(this.#quorum, live ? quorum : '')
    this.#quorum.dataset.quorum = quorum
    show(this.#survives, live ? survivalInWords(status) : '')
    show(this.#pending, behind > 0 ? `${pending} (${behind} behind)` : String(pending))
    show(this.#storage, storageInWords(storage))
    show(this.#link, link.state === 'open' ? '' : [link.state, link.reason ?? []].flat().join(': '))
    show(this.#refused, refusedInWords(refused))
  }

  #item(name: string, testId: string): HTMLElement {
    const value = named(testId, element('dd'))
    this.element.append(element('div', { hidden: true }, element('dt', { textContent: name }), value))
    return value
  }
}

/** An item without a value is not there. */
const show = (value: HTMLElement, text: string): void => {
  setText(value, text)
  if (value.parentElement !== null) value.parentElement.hidden = text === ''
}

const survivalInWords = ({ survives, voters, quorum }: RoomStatus): string =>
  quorum === 'none' ? 'stands still' : `may lose ${survives === 0 ? 'none' : survives} of ${voters.length}`

const storageInWords = ({ durable, persisted, error }: RoomStatus['storage']): string => {
  if (error !== undefined) return 'a write failed'
  if (!durable) return 'in memory'
  if (persisted === undefined) return 'durable'
  return persisted ? 'durable, persisted' : 'durable, not persisted'
}

const refusedInWords = (refused: RoomStatus['refused']): string =>
  Object.entries(refused)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${count} ${what}`)
    .join(', ')

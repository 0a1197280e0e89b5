import type { RoomStatus } from 'epaxos'
import { element, named, setText } from '../elements.js'
import { shortId } from '../text.js'

/** The line at the top: who this tab is, how well the room does, and what is not as it should be. */
export class StatusBar {
  readonly #items = element('dl', { ariaLabel: 'Status' })
  readonly element: HTMLElement = element('div', { className: 'room-status' }, this.#items, words())
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
    this.#pending.dataset.idle = String(pending + behind === 0)
    show(this.#pending, behind > 0 ? `${pending} (${behind} behind)` : String(pending))
    this.#storage.dataset.durable = String(storage.durable && storage.error === undefined)
    show(this.#storage, storageInWords(storage))
    show(this.#link, link.state === 'open' ? '' : [link.state, link.reason ?? []].flat().join(': '))
    show(this.#refused, refusedInWords(refused))
  }

  #item(name: string, testId: string): HTMLElement {
    const value = named(testId, element('dd'))
    this.#items.append(element('div', { hidden: true }, element('dt', { textContent: name }), value))
    return value
  }
}

/** What the line's words mean, for who asks. */
const words = (): HTMLElement => {
  const list = element('dl')
  for (const [word, meaning] of WORDS) {
    list.append(element('dt', { textContent: word }), element('dd', { textContent: meaning }))
  }
  return element('details', {}, element('summary', { textContent: 'What these words mean' }), list)
}

const WORDS: readonly (readonly [word: string, meaning: string])[] = [
  ['this tab', 'The first digits of its id, by which members are told apart.'],
  [
    'role',
    'A voter decides with the other voters. An observer follows, and proposes through one. Joining: it has no state yet.',
  ],
  ['epoch', 'Which list of voters this is, counted from 0. Each time that others are to vote a new one begins.'],
  [
    'quorum',
    'Are enough voters here to agree? Fast: one round trip is enough. Slow: some are away, so every change takes a second one. None: too few, so changes wait.',
  ],
  ['safety', 'How many of the voters may vanish, one after the other, with the room still going on.'],
  ['pending', 'Changes of this tab that have no answer yet. Behind: changes whose outcome is not known here yet.'],
  [
    'storage',
    'Durable: a promise is on this browser’s disk before it is given. Persisted: the browser never deletes it to make space.',
  ],
  [
    'relay',
    'The server that brings members together, and passes messages on where there is no direct way. It decides nothing.',
  ],
  ['refused', 'What came from outside, and was no part of this room or could not be read. It was dropped.'],
]

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

import type { RoomStatus } from 'epaxos'
import { byId, element, setText, shortId } from './elements.js'

/** The line at the top: who this tab is, who else is here, and how well that goes. */
export class StatusBar {
  readonly #list = byId('status', HTMLDListElement)
  readonly #self = this.#item('this tab', 'status-id')
  readonly #role = this.#item('role', 'status-role')
  readonly #quorum = this.#item('quorum', 'status-quorum')
  readonly #peers = this.#item('others', 'peers')
  readonly #pending = this.#item('pending', 'status-pending')
  readonly #storage = this.#item('storage', 'status-storage')
  readonly #link = this.#item('relay', 'status-link')
  readonly #refused = this.#item('refused', 'status-refused')
  #peersShown = ''

  /** Where there is no room to tell of. */
  say(role: string): void {
    show(this.#role, role)
  }

  draw(status: RoomStatus): void {
    const { id, role, quorum, pending, behind, storage, link, refused } = status
    show(this.#self, shortId(id))
    show(this.#role, role)
    show(this.#quorum, quorum)
    // Only a voter lacks what is missing.
    this.#quorum.dataset.quorum = role === 'voter' ? quorum : ''
    this.#drawPeers(status)
    show(this.#pending, behind > 0 ? `${pending} (${behind} behind)` : String(pending))
    show(this.#storage, storageInWords(storage))
    show(this.#link, link.state === 'open' ? '' : [link.state, link.reason ?? []].flat().join(': '))
    show(this.#refused, refusedInWords(refused))
  }

  #drawPeers({ id, voters, link }: RoomStatus): void {
    const kinds = new Map<string, string>()
    for (const voter of voters) if (voter !== id) kinds.set(voter, 'away')
    for (const { replica, kind } of link.peers) kinds.set(replica, kind)
    const now = JSON.stringify([...kinds])
    if (now === this.#peersShown) return
    this.#peersShown = now
    const chips = [...kinds].sort().map(([replica, kind]) => {
      const outside = voters.length > 0 && !voters.includes(replica)
      const chip = element(
        'span',
        { className: 'peer', title: replica },
        shortId(replica),
        element('small', { textContent: outside ? `${kind}, outsider` : kind }),
      )
      chip.dataset.kind = kind
      chip.dataset.replica = replica
      return chip
    })
    reveal(this.#peers, true)
    this.#peers.replaceChildren(...(chips.length === 0 ? ['nobody'] : chips))
  }

  #item(name: string, testId: string): HTMLElement {
    const value = element('dd')
    value.dataset.testid = testId
    this.#list.append(element('div', { hidden: true }, element('dt', { textContent: name }), value))
    return value
  }
}

/** An item without a value is not there. */
const show = (value: HTMLElement, text: string): void => {
  setText(value, text)
  reveal(value, text !== '')
}

const reveal = (value: HTMLElement, shown: boolean): void => {
  if (value.parentElement !== null) value.parentElement.hidden = !shown
}

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

import type { RoomStatus } from 'epaxos'
import { byId, element } from './elements.js'

interface Notice {
  readonly tone: 'calm' | 'grave'
  readonly title: string
  readonly text: string
  readonly offer: 'another tab' | 'new room' | undefined
}

/** So many tabs found a room, and are its voters. */
const VOTERS = 3

/** What a visitor must know before anything else; undefined while all is well. */
const noticeOf = (status: RoomStatus): Notice | undefined => {
  const { role, reason = '', voters, suspected, quorum } = status
  switch (role) {
    case 'joining': {
      // A founding list is fixed: somebody of it is missing, however many others are here.
      if (voters.length > 0)
        return { tone: 'calm', title: 'Almost there', text: sentence(reason), offer: 'another tab' }
      const here = Math.min(VOTERS, 1 + status.link.peers.length)
      const missing = VOTERS - here
      const text =
        status.link.state === 'open'
          ? missing === 0
            ? sentence(reason)
            : `Open this page in ${missing === 1 ? 'one more tab' : 'two more tabs'}, and the room begins. Edits made now wait for it.`
          : 'Looking for the relay that brings tabs together. This goes on until it answers.'
      return {
        tone: 'calm',
        title: `${here} of ${VOTERS} here`,
        text,
        offer: missing === 0 ? 'new room' : 'another tab',
      }
    }
    case 'outsider':
      return {
        tone: 'grave',
        title: 'This tab is an outsider',
        text: `${sentence(reason)} Its members are fixed, for now: this tab can neither change nor see what they share.`,
        offer: 'new room',
      }
    case 'stopped':
      return {
        tone: 'grave',
        title: 'This tab has stopped taking part',
        text: `${sentence(reason)} What it knew stays readable below; load the page again to start anew.`,
        offer: undefined,
      }
    case 'closed':
      return { tone: 'grave', title: 'Closed', text: sentence(reason), offer: undefined }
    case 'voter':
      return quorum === 'none' ? tooFew(voters.length, voters.length - suspected.length) : undefined
  }
}

const tooFew = (n: number, here: number): Notice => ({
  tone: 'grave',
  title: `Only ${here} of ${n} can be reached`,
  text: 'Most of the room must be there to agree on anything. Edits wait until then; what was executed stays readable.',
  offer: 'another tab',
})

/** The reasons of a status are clauses. */
const sentence = (reason: string): string => (reason === '' ? '' : `${reason[0]?.toUpperCase()}${reason.slice(1)}.`)

export class NoticeBoard {
  readonly #board = byId('notice', HTMLElement)
  #shown = ''

  constructor(readonly newRoom: string) {}

  draw(status: RoomStatus): void {
    this.#show(noticeOf(status))
  }

  /** The room could not be opened. */
  failed(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error)
    this.#show({ tone: 'grave', title: 'The room can’t be opened here', text: sentence(text), offer: undefined })
  }

  #show(notice: Notice | undefined): void {
    const now = JSON.stringify(notice) ?? ''
    // Drawn anew only when it says something else: it is read out, and its button may have the focus.
    if (now === this.#shown) return
    this.#shown = now
    this.#board.replaceChildren()
    this.#board.dataset.tone = notice?.tone ?? 'none'
    if (notice === undefined) return
    this.#board.append(element('h2', { textContent: notice.title }), element('p', { textContent: notice.text }))
    if (notice.offer === 'another tab') this.#board.append(this.#link('Open another tab', location.href))
    if (notice.offer === 'new room') this.#board.append(this.#link('Open a new room', this.newRoom))
  }

  #link(text: string, href: string): HTMLAnchorElement {
    return element('a', { className: 'button', textContent: text, href, target: '_blank', rel: 'noopener' })
  }
}

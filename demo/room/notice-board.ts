import { inMemory, NEW_ROOM } from '../address.js'
import { button, element, linkButton, named } from '../elements.js'
import type { Notice, Offer } from './notice.js'

/** Does what a notice offers. */
export interface Doing {
  /** Asks, and does it. */
  readonly rebuild: () => void
  readonly reconnect: () => void
  readonly invite: () => void
}

/** Where a visitor is told what must be known first, and what can be done about it. */
export class NoticeBoard {
  readonly element: HTMLElement = element('div', { className: 'room-notice', role: 'status' })
  #shown = ''

  show(notice: Notice | undefined, doing: Partial<Doing> = {}): void {
    const now = JSON.stringify(notice) ?? ''
    // Drawn anew only when it says something else: it is read out, and its buttons may have the focus.
    if (now === this.#shown) return
    this.#shown = now
    this.element.replaceChildren()
    this.element.dataset.tone = notice?.tone ?? 'none'
    if (notice === undefined) return
    this.element.append(
      element('h2', { textContent: notice.title }),
      element('p', { textContent: notice.text }),
      element('p', { className: 'choices' }, ...notice.offers.map((offer) => offered(offer, doing))),
    )
  }
}

const offered = (
  offer: Offer,
  { rebuild = () => {}, reconnect = () => {}, invite = () => {} }: Partial<Doing>,
): HTMLElement => {
  switch (offer) {
    case 'invite': {
      const made = button('Show the link and its QR code', invite)
      made.className = 'main'
      return made
    }
    case 'another tab':
      return linkButton('Open another tab', { href: location.href, target: '_blank', rel: 'noopener' })
    case 'new room':
      return linkButton('Make a new room', { href: `#${NEW_ROOM}` })
    case 'come back':
      return button('Come back', () => location.reload())
    case 'in memory':
      return linkButton('Go on without a storage', { href: inMemory(location.href) })
    case 'reload':
      return button('Load again', () => location.reload())
    case 'reconnect':
      return named('reconnect', button('Reconnect', reconnect))
    case 'rebuild':
      return named('rebuild', button('Rebuild the room …', rebuild))
  }
}

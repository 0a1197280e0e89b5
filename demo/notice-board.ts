import { NEW_ROOM } from './address.js'
import { button, byId, element, linkButton } from './elements.js'
import type { Notice, Offer } from './notice.js'

/** Where a visitor is told what must be known first, and what can be done about it. */
export class NoticeBoard {
  readonly #board = byId('notice', HTMLElement)
  #shown = ''

  /** @param rebuild asks, and does it */
  show(notice: Notice | undefined, rebuild: () => void = () => {}): void {
    const now = JSON.stringify(notice) ?? ''
    // Drawn anew only when it says something else: it is read out, and its buttons may have the focus.
    if (now === this.#shown) return
    this.#shown = now
    this.#board.replaceChildren()
    this.#board.dataset.tone = notice?.tone ?? 'none'
    if (notice === undefined) return
    this.#board.append(
      element('h2', { textContent: notice.title }),
      element('p', { textContent: notice.text }),
      element('p', { className: 'choices' }, ...notice.offers.map((offer) => offered(offer, rebuild))),
    )
  }
}

const offered = (offer: Offer, rebuild: () => void): HTMLElement => {
  switch (offer) {
    case 'another tab':
      return linkButton('Open another tab', { href: location.href, target: '_blank', rel: 'noopener' })
    case 'new room':
      return linkButton('Found a new room', { href: `#${NEW_ROOM}` })
    case 'reload':
      return button('Load again', () => location.reload())
    case 'rebuild': {
      const made = button('Rebuild the room …', rebuild)
      made.dataset.testid = 'rebuild'
      return made
    }
  }
}

import { button, element, named } from '../elements.js'
import { messageOf } from '../text.js'

const LOOPBACK = /^(localhost|127\.|\[::1\])/

/** How others come in: the link, to copy or to scan. */
export class InviteBox {
  readonly #link = named('link', element('input', { readOnly: true, ariaLabel: 'The room’s link' }))
  readonly #copy = button('Copy link', () => void this.#copied())
  readonly #scan = button('Show a QR code', () => void this.#toggle())
  readonly #code = element('div', { className: 'room-qr', hidden: true })
  readonly element: HTMLElement

  constructor(link: string) {
    this.#link.value = link
    this.#link.addEventListener('focus', () => this.#link.select())
    this.#scan.ariaExpanded = 'false'
    this.element = element(
      'section',
      { className: 'room-card room-invite' },
      element('h2', { textContent: 'Invite others' }),
      element('p', {
        className: 'lead',
        textContent: `Whoever has the link can come in, and change everything.${
          LOOPBACK.test(location.hostname)
            ? ' This one leads to your own machine: for other devices, put this page on a server that they can reach by https.'
            : ''
        }`,
      }),
      element('p', { className: 'choices' }, this.#link, this.#copy, named('show-qr', this.#scan)),
      this.#code,
    )
  }

  /** Into sight, with the QR code. */
  async reveal(): Promise<void> {
    if (this.#code.hidden) await this.#toggle()
    this.#link.focus({ preventScroll: true })
    this.element.scrollIntoView({ block: 'start' })
  }

  async #copied(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.#link.value)
      this.#copy.textContent = 'Copied'
    } catch {
      this.#link.focus()
      this.#copy.textContent = 'Copy it from the field'
    }
  }

  /** Few want one: what draws it is loaded then. */
  async #toggle(): Promise<void> {
    const show = this.#code.hidden
    try {
      if (show) this.#code.replaceChildren((await import('./qr.js')).qrOf(this.#link.value))
    } catch (error) {
      this.#code.textContent = `It could not be drawn: ${messageOf(error)}`
    }
    this.#code.hidden = !show
    this.#scan.ariaExpanded = String(show)
    this.#scan.textContent = show ? 'Hide the QR code' : 'Show a QR code'
  }
}

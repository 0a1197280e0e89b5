import type { LabSession } from 'epaxos/sim'
import { button, element, linkButton, named } from '../elements.js'
import { fragmentFor } from './address.js'
import type { Desk } from './panel.js'

/** Browsers refuse addresses that change more often. */
const WRITE_EVERY_MS = 250

/** Keeps everything in the page's address, and hands it out. */
export class Share {
  readonly root: HTMLElement
  /** What could not be put on the clipboard, to be copied by hand. */
  readonly #byHand = named(
    'by-hand',
    element('textarea', { readOnly: true, rows: 6, hidden: true, ariaLabel: 'To copy by hand' }),
  )
  #timer: ReturnType<typeof setTimeout> | undefined
  #writtenMs = Number.NEGATIVE_INFINITY
  /** What the address holds as far as known here. */
  #known = location.hash

  constructor(
    readonly session: () => LabSession,
    readonly desk: Desk,
  ) {
    const link = named(
      'copy-link',
      button('Copy link', () => void this.#copy(this.#link(), 'The link is copied: it opens this very moment.')),
    )
    const test = named(
      'copy-test',
      button(
        'Copy as test',
        () => void this.#copy(session().test(), 'The test is copied: a script of what was done, and what came of it.'),
      ),
    )
    link.title = 'Setup, steps, futures and moment are all in it'
    test.title = 'A script that runs among the library’s own tests'
    const museum = linkButton('Museum of bugs', {
      href: '#museum',
      title: 'Runs of this kind, with a rule of the protocol off',
    })
    this.root = element('div', { className: 'lab-share' }, museum, link, test, this.#byHand)
  }

  /** The address follows, at once or in a moment. */
  keep(): void {
    if (this.#timer !== undefined) return
    const restMs = this.#writtenMs + WRITE_EVERY_MS - performance.now()
    if (restMs <= 0) this.#write()
    else this.#timer = setTimeout(() => this.#write(), restMs)
  }

  destroy(): void {
    clearTimeout(this.#timer)
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // The visitor is on the way to another one, which is told in a moment.
    if (location.hash !== this.#known) return
    this.#writtenMs = performance.now()
    history.replaceState(history.state, '', fragmentFor(this.session().text()))
    this.#known = location.hash
  }

  #link(): string {
    this.#write()
    return location.href
  }

  async #copy(text: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      this.#byHand.hidden = true
      this.desk.say(done)
    } catch {
      // Without permission, or where the page is not served securely.
      this.#byHand.hidden = false
      this.#byHand.value = text
      this.#byHand.select()
      this.desk.say('This browser does not let the page copy: the text is selected, copy it by hand.')
    }
  }
}

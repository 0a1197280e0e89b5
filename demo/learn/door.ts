import type { Door, OpenDoor } from '../door.js'
import { element } from '../elements.js'
import { ChapterPage } from './chapter-page.js'
import { chapters } from './chapters.js'
import './learn.css'
import { addressOf, type Place, placeOf } from './place.js'

export const open: OpenDoor = (place, fragment) => new Learn(place, fragment)

/** The list of chapters, or one of them. */
class Learn implements Door {
  readonly #place: HTMLElement
  #page: ChapterPage | undefined

  constructor(place: HTMLElement, fragment: string) {
    this.#place = place
    place.className = 'learn'
    this.#show(placeOf(fragment))
    addEventListener('keydown', this.#onKey)
  }

  fragment(fragment: string): boolean {
    const at = placeOf(fragment)
    if (at !== undefined && at.chapter === this.#page?.chapter) {
      this.#page.go(at.beat)
      return true
    }
    this.#show(at)
    // What was on the page is gone, and the focus with it.
    const heading = this.#place.querySelector('h1')
    if (heading !== null) {
      heading.tabIndex = -1
      heading.focus({ preventScroll: true })
    }
    scrollTo(0, 0)
    return true
  }

  close(): void {
    removeEventListener('keydown', this.#onKey)
    this.#page?.close()
  }

  #show(at: Place | undefined): void {
    this.#page?.close()
    this.#page = undefined
    if (at === undefined) {
      this.#place.replaceChildren(contents())
      return
    }
    this.#page = new ChapterPage(at.chapter, at.beat, (to) => {
      if (to.chapter === at.chapter) history.replaceState(null, '', addressOf(to))
      else location.hash = addressOf(to)
    })
    this.#place.replaceChildren(this.#page.root)
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
    // The pictures are walked through with the same keys.
    if (event.target instanceof Element && event.target.closest('.picture, input, select, textarea') !== null) return
    if (event.key === 'ArrowRight' || event.key === 'n') this.#page?.next()
    else if (event.key === 'ArrowLeft' || event.key === 'p') this.#page?.back()
    else return
    event.preventDefault()
  }
}

const contents = (): HTMLElement =>
  element(
    'section',
    { className: 'learn-contents' },
    element('h1', { textContent: 'Learn, in six short chapters' }),
    element('p', {
      className: 'lead',
      textContent:
        'Each is a real run: the library itself, over a network that is made up, slowed down and stopped where something is decided.',
    }),
    element(
      'ol',
      {},
      ...chapters.map(({ title, teaser }, chapter) =>
        element(
          'li',
          {},
          element('a', { className: 'learn-title', href: addressOf({ chapter, beat: 0 }), textContent: title }),
          element('p', { textContent: teaser }),
        ),
      ),
    ),
    element('p', {
      className: 'lead',
      textContent: 'In a chapter, the keys n and p, or the arrow keys, go on and back.',
    }),
    element(
      'p',
      { className: 'learn-onward' },
      'Then break it yourself in ',
      element('a', { href: '#lab', textContent: 'the Lab' }),
      ', or see how others have broken it in ',
      element('a', { href: '#museum', textContent: 'the museum of bugs' }),
      '.',
    ),
  )

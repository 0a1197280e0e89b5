import { type Entry, stretchAround } from './lane-list.js'

/** While the lanes move, their list follows four times a second: often enough to read, seldom enough to draw. */
const PERIOD_MS = 250

export interface ListboxOptions {
  readonly entries: () => readonly Entry[]
  readonly sentenceOf: (entry: Entry) => string
  /** Another entry is walked to; undefined: the list has lost the focus. */
  readonly onWalk: (entry: Entry | undefined) => void
  readonly onChoose: (entry: Entry) => void
  /** So many windows' widths to go through time. */
  readonly onSeek: (windows: number) => void
}

/** What the canvas shows, for keyboards, screen readers and tests: a list that nobody sees, one stop of the tab key. */
export class Listbox {
  readonly element: HTMLElement = document.createElement('div')
  readonly #options: ListboxOptions
  #entries: readonly Entry[] = []
  #chosen: string | undefined
  #renewedMs = Number.NEGATIVE_INFINITY
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(options: ListboxOptions) {
    this.#options = options
    this.element.className = 'list'
    this.element.setAttribute('role', 'listbox')
    this.element.setAttribute('aria-label', 'Messages on their way, and what has just happened')
    this.element.tabIndex = 0
    this.element.addEventListener('keydown', (event) => this.#press(event))
    this.element.addEventListener('focus', () => {
      this.#chosen ??= this.#entries[0]?.id
      this.#render()
    })
    this.element.addEventListener('blur', () => this.#options.onWalk(undefined))
  }

  /** What is shown has changed. */
  update(): void {
    if (this.#timer !== undefined) return
    const waitMs = this.#renewedMs + PERIOD_MS - performance.now()
    if (waitMs <= 0) this.#renew()
    else this.#timer = setTimeout(() => this.#renew(), waitMs)
  }

  destroy(): void {
    clearTimeout(this.#timer)
    this.element.remove()
  }

  get #hasFocus(): boolean {
    const root = this.element.getRootNode()
    return root instanceof ShadowRoot && root.activeElement === this.element
  }

  get #at(): number | undefined {
    const at = this.#entries.findIndex(({ id }) => id === this.#chosen)
    return at < 0 ? undefined : at
  }

  #renew(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#renewedMs = performance.now()
    const before = this.#at
    this.#entries = this.#options.entries()
    // What was chosen has arrived, or is long ago: what has taken its place is next to it.
    if (this.#at === undefined) this.#chosen = this.#entries[Math.min(before ?? 0, this.#entries.length - 1)]?.id
    this.#render()
  }

  #render(): void {
    const at = this.#at
    const [from, until] = stretchAround(this.#entries.length, at)
    const { element } = this
    while (element.childElementCount > Math.max(1, until - from)) element.lastElementChild?.remove()
    for (let i = from; i < until; i++) {
      this.#fill(element.children[i - from] ?? newOption(element), this.#entries[i] as Entry, i)
    }
    if (until === from) fillEmpty(element.children[0] ?? newOption(element))
    if (at === undefined) element.removeAttribute('aria-activedescendant')
    else element.setAttribute('aria-activedescendant', `option-${at - from}`)
    if (this.#hasFocus) this.#options.onWalk(at === undefined ? undefined : this.#entries[at])
  }

  #fill(option: Element, entry: Entry, i: number): void {
    const { id } = entry
    set(option, 'data-testid', id)
    set(option, 'aria-disabled', 'false')
    set(option, 'aria-selected', String(id === this.#chosen))
    set(option, 'aria-posinset', String(i + 1))
    set(option, 'aria-setsize', String(this.#entries.length))
    setText(option, this.#options.sentenceOf(entry))
  }

  #press(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const step = WALKS[event.key]
    const windows = SEEKS[event.key]
    if (step !== undefined) this.#walk(step)
    else if (windows !== undefined) this.#options.onSeek(windows)
    else if (event.key === 'Enter') this.#choose()
    else return
    event.preventDefault()
    // They are a page's shortcuts elsewhere.
    event.stopPropagation()
  }

  #walk(step: number): void {
    const at = Math.max(0, Math.min((this.#at ?? 0) + step, this.#entries.length - 1))
    this.#chosen = this.#entries[at]?.id
    this.#render()
  }

  #choose(): void {
    const entry = this.#entries[this.#at ?? -1]
    if (entry !== undefined) this.#options.onChoose(entry)
  }
}

const WALKS: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
}

const SEEKS: Readonly<Record<string, number>> = {
  ArrowLeft: -1 / 40,
  ArrowRight: 1 / 40,
  PageUp: -1 / 2,
  PageDown: 1 / 2,
}

const newOption = (list: Element): Element => {
  const option = document.createElement('div')
  option.id = `option-${list.childElementCount}`
  option.setAttribute('role', 'option')
  return list.appendChild(option)
}

/** A list without options is none for a screen reader. */
const fillEmpty = (option: Element): void => {
  for (const name of ['data-testid', 'aria-posinset', 'aria-setsize']) option.removeAttribute(name)
  set(option, 'aria-disabled', 'true')
  set(option, 'aria-selected', 'false')
  setText(option, 'Nothing has happened yet.')
}

/** Only what changes is written. */
const set = (element: Element, name: string, value: string): void => {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value)
}

const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

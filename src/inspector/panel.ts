import type { Diagnosis, RoomStatus } from '../room/index.js'
import { type Fact, factsOf, hasEnded, type MemberLine, membersOf } from './words.js'

const FINE = 'Nothing is wrong, as far as this member can tell.'
const ENDED = 'This member takes no part any more: what is shown is what it knew last.'
const ASKED = 'One moment …'

/** What is known of a room, in words: facts, members, and what is wrong. */
export class Panel {
  readonly element: HTMLElement = made('div', 'columns')
  readonly #facts = made('dl', 'facts')
  readonly #members = made('ul', 'members')
  readonly #findings = made('ul', 'findings')
  readonly #shown = new Map<HTMLElement, string>()

  constructor() {
    this.element.append(
      this.#facts,
      titled('Members, and how they are reached', this.#members),
      titled('What to know, or to do', this.#findings),
    )
  }

  draw(status: RoomStatus, diagnosis: Diagnosis | undefined): void {
    this.#draw(this.#facts, factsOf(status), factLines)
    this.#draw(this.#members, membersOf(status, diagnosis), (lines) => lines.map(memberLine))
    this.#draw(this.#findings, hasEnded(status) ? [ENDED] : (diagnosis?.findings ?? [ASKED]), findingLines)
  }

  /** Only what has changed is made anew: somebody may be reading, or selecting. */
  #draw<Content>(list: HTMLElement, content: Content, linesOf: (content: Content) => readonly HTMLElement[]): void {
    const now = JSON.stringify(content)
    if (this.#shown.get(list) === now) return
    this.#shown.set(list, now)
    list.replaceChildren(...linesOf(content))
  }
}

/** An element without attributes but these. */
export const made = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string = '',
  text: string = '',
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag)
  if (className !== '') element.className = className
  element.textContent = text
  return element
}

/** No heading: which level it would be is the page's business. */
const titled = (title: string, list: HTMLElement): HTMLElement => {
  const box = made('div')
  list.setAttribute('aria-label', title)
  box.append(made('p', 'title', title), list)
  return box
}

const factLines = (facts: readonly Fact[]): readonly HTMLElement[] =>
  facts.flatMap(({ name, text }) => [made('dt', '', name), made('dd', '', text)])

const memberLine = ({ id, name, text, reached }: MemberLine): HTMLElement => {
  const line = made('li')
  line.title = id
  line.dataset.reached = reached
  line.append(made('strong', '', name), made('span', '', text))
  return line
}

const findingLines = (findings: readonly string[]): readonly HTMLElement[] =>
  findings.length === 0 ? [made('li', 'fine', FINE)] : findings.map((finding) => made('li', '', finding))

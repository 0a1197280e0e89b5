import { button, element, named, setText } from '../elements.js'
import { prose } from '../run/prose.js'
import type { Beat, Question } from './chapter.js'

/** What the reader of a beat can do. */
export interface StoryActs {
  /** What the beat waits for. */
  hand(): void
  /** The question has an answer, right or not. */
  answered(): void
}

/** One beat in words. */
export class Story {
  readonly root: HTMLElement
  readonly #hand: HTMLButtonElement | undefined
  readonly #after: HTMLElement
  readonly #deed = named('learn-deed', element('p', { className: 'learn-deed' }))

  constructor(
    readonly beat: Beat,
    acts: StoryActs,
  ) {
    const { title, text, hand, question, after } = beat
    this.#hand = hand && named('learn-hand', button(hand.label, acts.hand))
    this.#hand?.classList.add('main')
    this.#after = named('learn-after', after === undefined ? element('p') : prose(after))
    this.#after.className = 'learn-after'
    this.root = element('div', {}, element('h2', { textContent: title }), prose(text))
    if (question !== undefined) this.root.append(asked(question, acts.answered))
    if (this.#hand !== undefined) this.root.append(element('div', { className: 'choices' }, this.#hand))
    this.root.append(this.#after, this.#deed)
  }

  /**
   * @param waits the reader's hand is needed
   * @param deed what has become of the instance that is lit
   */
  update(waits: boolean, ended: boolean, deed: string | undefined): void {
    if (this.#hand !== undefined) this.#hand.disabled = !waits
    this.#after.hidden = !ended || this.beat.after === undefined
    setText(this.#deed, ended && deed !== undefined ? `${this.beat.lit}: ${deed}` : '')
  }
}

/** Any answer will do to go on; what is right is told with its reason. */
const asked = ({ ask, choices, right, because }: Question, answered: () => void): HTMLFieldSetElement => {
  const reason = element('p', { className: 'learn-because' })
  const buttons = choices.map((choice, index) =>
    button(choice, () => {
      for (const [at, each] of buttons.entries()) {
        each.ariaPressed = String(at === index)
        each.classList.toggle('learn-right', at === right)
      }
      setText(reason, `${index === right ? 'Yes.' : 'No.'} ${because}`)
      answered()
    }),
  )
  for (const [index, each] of buttons.entries()) {
    each.ariaPressed = 'false'
    named(index === right ? 'learn-right' : 'learn-wrong', each)
  }
  return element(
    'fieldset',
    { className: 'learn-question' },
    element('legend', { textContent: ask }),
    element('div', { className: 'choices' }, ...buttons),
    reason,
  )
}

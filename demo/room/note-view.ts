import { element, named, setText } from '../elements.js'
import { MAX_TEXT_LENGTH, type Note } from './note.js'
import { NoteDraft, type SharedNote } from './note-draft.js'
import type { Person } from './person.js'

/** What a visitor does to a note. */
export interface NoteDoing extends SharedNote {
  readonly remove: () => void
  /** It has, or has lost, the pointer or the focus. */
  readonly look: (looking: boolean) => void
}

/** By how much an arrow key moves, in hundredths; with the shift key, by four times as much. */
const STEP = 2

/** One note on its board. What is done here shows at once. */
export class NoteView {
  readonly element: HTMLElement
  readonly #text = element('textarea', {
    maxLength: MAX_TEXT_LENGTH,
    rows: 4,
    placeholder: 'Write …',
    spellcheck: false,
  })
  readonly #handle = element('button', { type: 'button', className: 'room-handle', textContent: '✥' })
  readonly #looking = element('span', { className: 'room-looking' })
  readonly #draft: NoteDraft
  #grip: { readonly x: number; readonly y: number; readonly from: Note } | undefined

  constructor(key: string, note: Note, doing: NoteDoing) {
    this.#draft = new NoteDraft(note, doing, () => this.#draw())
    named(`${key}/text`, this.#text).ariaLabel = 'Text of the note'
    named(`${key}/move`, this.#handle).ariaLabel = 'Move the note: drag it, or press the arrow keys'
    const remove = element('button', { type: 'button', textContent: '×', ariaLabel: 'Delete the note' })
    remove.addEventListener('click', () => doing.remove())
    const bar = element(
      'div',
      { className: 'room-note-bar' },
      this.#handle,
      this.#looking,
      named(`${key}/delete`, remove),
    )
    this.element = named(key, element('li', { className: 'room-note' }, bar, this.#text))
    this.#text.addEventListener('input', () => this.#draft.change({ text: this.#text.value }))
    this.#text.addEventListener('blur', () => this.#draw())
    this.element.addEventListener('focusin', () => doing.look(true))
    this.element.addEventListener('focusout', () => doing.look(false))
    this.#handle.addEventListener('pointerdown', (event) => this.#grab(event))
    this.#handle.addEventListener('pointermove', (event) => this.#drag(event))
    for (const end of ['pointerup', 'pointercancel'] as const) {
      this.#handle.addEventListener(end, () => {
        this.#grip = undefined
      })
    }
    this.#handle.addEventListener('keydown', (event) => this.#step(event))
    this.#draw()
  }

  /** Whether somebody here is busy with it. */
  get held(): boolean {
    return this.element.contains(document.activeElement) || this.#grip !== undefined
  }

  focus(): void {
    this.#text.focus()
  }

  /** As the map has it now; what is done here meanwhile stays on top of it. */
  show(note: Note): void {
    this.#draft.take(note)
    this.#draw()
  }

  showLooking(people: readonly Person[]): void {
    setText(this.#looking, people.map(({ name }) => name).join(', '))
  }

  #draw(): void {
    const { text, x, y, colour } = this.#draft.note
    if (this.#text.value !== text) this.#text.value = text
    this.element.dataset.colour = String(colour)
    this.element.dataset.x = String(x)
    this.element.dataset.y = String(y)
    this.element.style.setProperty('--x', String(x / 100))
    this.element.style.setProperty('--y', String(y / 100))
  }

  #grab(event: PointerEvent): void {
    event.preventDefault()
    this.#handle.focus()
    this.#handle.setPointerCapture(event.pointerId)
    this.#grip = { x: event.clientX, y: event.clientY, from: this.#draft.note }
  }

  #drag(event: PointerEvent): void {
    const board = this.element.parentElement
    if (this.#grip === undefined || board === null) return
    const { x, y, from } = this.#grip
    const across = board.clientWidth - this.element.offsetWidth
    const down = board.clientHeight - this.element.offsetHeight
    this.#moveTo(from.x + (100 * (event.clientX - x)) / across, from.y + (100 * (event.clientY - y)) / down)
  }

  #step(event: KeyboardEvent): void {
    const [right, down] = STEPS[event.key] ?? []
    if (right === undefined || down === undefined) return
    event.preventDefault()
    const far = event.shiftKey ? 4 * STEP : STEP
    const { x, y } = this.#draft.note
    this.#moveTo(x + right * far, y + down * far)
  }

  #moveTo(x: number, y: number): void {
    this.#draft.change({ x: within(x), y: within(y) })
  }
}

const STEPS: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

const within = (hundredths: number): number => Math.round(Math.min(100, Math.max(0, hundredths)))

import type { Json, ReplicatedMap, Room } from 'epaxos'
import { element, setText } from '../elements.js'
import { textOf, valueFrom } from '../text.js'
import { Stage } from './stage.js'

/** What is longer is not for a field of one line: only its length is shown. */
const MAX_FIELD_LENGTH = 2000

/** One entry of the map. What is typed is proposed at once, and stays in its field until the field is left. */
export class EntryRow {
  readonly element: HTMLLIElement
  readonly #input: HTMLInputElement
  readonly #increment: HTMLButtonElement
  readonly #note: HTMLElement = element('p', { className: 'elsewhere' })
  readonly #stage: Stage
  #value: Json | undefined
  /** Somebody is typing: what comes from elsewhere waits. */
  #held = false
  /** What the field holds is not executed yet, or could not be. */
  #unsettled = false
  #sending = false

  constructor(
    readonly key: string,
    readonly room: Room<ReplicatedMap>,
    /** What the row shows may have become free to follow the map. */
    readonly released: () => void,
  ) {
    const output = element('p', { className: 'room-stage', role: 'status' })
    this.#stage = new Stage(output)
    this.#input = element('input', { spellcheck: false })
    this.#input.dataset.testid = `value-${key}`
    this.#increment = this.#button('+1', `Add 1 to ${key}`, () => this.#add())
    this.element = element(
      'li',
      {},
      element('label', {}, element('span', { className: 'key', textContent: key, title: key }), this.#input),
      element(
        'div',
        { className: 'actions' },
        this.#increment,
        this.#button('Read', `Read ${key} through consensus`, () => this.#read()),
        this.#button('Delete', `Delete ${key}`, () => this.#delete()),
      ),
      output,
      this.#note,
    )
    this.element.dataset.testid = `entry-${key}`
    this.#input.addEventListener('input', () => this.#typed())
    this.#input.addEventListener('blur', () => this.#release())
    this.#input.addEventListener('keydown', ({ key: pressed }) => {
      if (pressed === 'Escape') this.#unsettled = false
      if (pressed === 'Escape' || pressed === 'Enter') this.#release()
    })
  }

  /** Whether the row must stay although the map may have no such entry. */
  get busy(): boolean {
    return this.#held || this.#unsettled
  }

  show(value: Json | undefined): void {
    this.#value = value
    // Where nothing can be proposed any more, what was executed is shown.
    if (this.#input.matches(':disabled')) this.#held = this.#unsettled = false
    this.#increment.hidden = typeof value !== 'number'
    const whole = value === undefined ? '' : textOf(value)
    const tooLong = whole.length > MAX_FIELD_LENGTH
    const text = tooLong ? `${whole.length} characters` : whole
    if (!this.busy) {
      this.#input.readOnly = tooLong
      if (this.#input.value !== text) this.#input.value = text
    }
    // While an own edit is on its way the map is expected to be behind.
    const elsewhere = this.busy && !this.#sending && textOf(valueFrom(this.#input.value)) !== text
    const now = value === undefined ? 'deleted' : `“${text}”`
    setText(
      this.#note,
      elsewhere ? `Elsewhere it is ${now} now. Type on to replace that, press Escape to take it.` : '',
    )
  }

  #typed(): void {
    this.#held = this.#unsettled = true
    void this.#send()
  }

  #release(): void {
    this.#held = false
    this.show(this.#value)
    this.released()
  }

  /** One proposal at a time: what is typed meanwhile goes into the next. */
  async #send(): Promise<void> {
    if (this.#sending) return
    this.#sending = true
    let sent: string
    do {
      sent = this.#input.value
      const done = await this.#stage.follow(
        async () => {
          await this.room.mutate.set({ key: this.key, value: valueFrom(sent) })
          return true
        },
        () => ['executed', 'changed for all'],
      )
      if (done && sent === this.#input.value) this.#unsettled = false
    } while (this.#unsettled && sent !== this.#input.value)
    this.#sending = false
    this.show(this.room.state.get().get(this.key))
    this.released()
  }

  #add(): void {
    void this.#stage.follow(
      () => this.room.mutate.add({ key: this.key, by: 1 }),
      ({ ok }) => (ok ? ['executed', 'added'] : ['refused', 'not added: it is no number any more']),
    )
  }

  #read(): void {
    void this.#stage.follow(
      () => this.room.mutate.get({ key: this.key }),
      (value) => ['executed', `read through consensus: ${value === undefined ? 'not there' : `“${textOf(value)}”`}`],
    )
  }

  #delete(): void {
    void this.#stage.follow(
      () => this.room.mutate.delete({ key: this.key }),
      (there) => (there ? ['executed', 'deleted'] : ['refused', 'somebody else has deleted it']),
    )
  }

  #button(text: string, label: string, act: () => void): HTMLButtonElement {
    const button = element('button', { type: 'button', textContent: text, ariaLabel: label, title: label })
    button.addEventListener('click', act)
    return button
  }
}

import { read, type Span, write, writeRange } from 'epaxos/core'
import type { LabAction, LabSession } from 'epaxos/sim'
import { button, element, named } from '../elements.js'
import { membersOf, proposers, replicaName } from '../run/words.js'
import { choiceOf, folding, grouped, labelled } from './controls.js'
import type { Desk, Panel } from './panel.js'

/** Longer keys do not fit into a script. */
const MAX_KEY_LETTERS = 64

/** Others have a meaning in a script, or can't be seen. */
const KEY = /^[\w.:/-]{1,64}$/
const KEY_WORDS = 'A key is made of up to 64 letters, digits and . : / - _'

const keyField = (value: string): HTMLInputElement =>
  element('input', { value, maxLength: MAX_KEY_LETTERS, autocomplete: 'off', spellcheck: false })

/** Proposes a command at a replica of the visitor's choice, or at all of them at once. */
export class Propose implements Panel {
  readonly root: HTMLElement
  readonly #what = named(
    'command',
    choiceOf([
      ['write', 'Write this key'],
      ['own', 'Write a key of its own'],
      ['range', 'Write all keys from … up to …'],
      ['read', 'Read this key'],
    ]),
  )
  readonly #key = named('key', keyField('k'))
  readonly #from = keyField('a')
  readonly #to = keyField('m')
  readonly #keyLabel = labelled('Key', this.#key)
  readonly #rangeLabels = element(
    'div',
    { className: 'lab-pair' },
    labelled('From key', this.#from),
    labelled('Up to, without it', this.#to),
  )
  readonly #at = element('div', { className: 'lab-buttons' })
  readonly #everywhere: HTMLButtonElement
  #session: LabSession | undefined

  constructor(readonly desk: Desk) {
    this.#everywhere = named(
      'propose-all',
      button('At all of them at once', () => this.#propose(this.#open)),
    )
    this.root = folding(
      'Propose a command',
      'always',
      labelled('Command', this.#what),
      this.#keyLabel,
      this.#rangeLabels,
      grouped('Where', this.#at, this.#everywhere),
    )
    this.#what.addEventListener('change', () => this.#showFields())
    this.#showFields()
  }

  update(session: LabSession): void {
    this.#session = session
    const members = membersOf(session)
    while (this.#at.childElementCount > members.length) this.#at.lastElementChild?.remove()
    const open = new Set(this.#open)
    for (const { replica, role, state } of members) {
      const known = this.#at.children[replica]
      const made = known instanceof HTMLButtonElement ? known : this.#at.appendChild(this.#newButton(replica))
      made.disabled = !open.has(replica)
      made.title = open.has(replica) ? '' : role === 'voter' ? `it is ${state}` : 'only voters propose'
    }
    this.#everywhere.disabled = open.size === 0
  }

  get #open(): readonly number[] {
    return this.#session === undefined ? [] : proposers(this.#session).map(({ replica }) => replica)
  }

  #newButton(replica: number): HTMLButtonElement {
    const made = named(
      `propose-${replica}`,
      button(replicaName(replica), () => this.#propose([replica])),
    )
    made.ariaLabel = `Propose at ${replicaName(replica)}`
    return made
  }

  #propose(replicas: readonly number[]): void {
    const problem = this.#problem
    if (problem !== undefined) return this.desk.say(problem)
    const first = this.#session?.world.chronicle.deeds.length ?? 0
    const actions = replicas.map((replica, at): LabAction => {
      const name = nameOf(first + at)
      return { kind: 'propose', replica, name, spans: [this.#span(name)] }
    })
    this.desk.act(...actions)
  }

  /** What keeps it from being proposed as it is typed. */
  get #problem(): string | undefined {
    const { value: what } = this.#what
    const [from, to] = [this.#from.value, this.#to.value]
    if (what === 'own') return undefined
    if (what !== 'range') return KEY.test(this.#key.value) ? undefined : KEY_WORDS
    if (!KEY.test(from) || (to !== '' && !KEY.test(to)))
      return `${KEY_WORDS}; without a last one a range goes on to the end.`
    return to !== '' && to <= from
      ? `The range from ${from} up to ${to} is empty: its end comes after its beginning.`
      : undefined
  }

  #span(name: string): Span {
    switch (this.#what.value) {
      case 'own':
        return write(`own-${name}`)
      case 'range':
        return writeRange(this.#from.value, this.#to.value === '' ? undefined : this.#to.value)
      case 'read':
        return read(this.#key.value)
      default:
        return write(this.#key.value)
    }
  }

  #showFields(): void {
    const what = this.#what.value
    this.#keyLabel.hidden = what !== 'write' && what !== 'read'
    this.#rangeLabels.hidden = what !== 'range'
  }
}

/** a, b … z, a1, b1 … */
const nameOf = (count: number): string => {
  const letter = String.fromCharCode(97 + (count % 26))
  return count < 26 ? letter : `${letter}${Math.floor(count / 26)}`
}

import { type Deed, deedInWords, type LabSession } from 'epaxos/sim'
import { button, element, named, setText } from '../elements.js'
import { replicaName } from '../run/words.js'
import { sentence } from '../text.js'
import { WIDE } from './controls.js'
import type { Desk, Panel } from './panel.js'

/** As many as are read; where the page is narrow there is more below. */
const MAX_DEEDS = 12
const MAX_DEEDS_NARROW = 4

/** What became of the newest commands, a sentence each. */
export class Happened implements Panel {
  readonly root: HTMLElement
  readonly #list = named('happened', element('ol', { className: 'lab-deeds' }))
  readonly #none = element('p', { className: 'lead', textContent: 'Nothing has been proposed by then.' })

  constructor(readonly desk: Desk) {
    this.root = element(
      'section',
      { className: 'lab-happened', ariaLabel: 'What happened' },
      element('h2', { textContent: 'What happened' }),
      this.#none,
      this.#list,
    )
    this.#list.ariaLive = 'off'
  }

  /** What changes is read out only while nothing moves. */
  quiet(is: boolean): void {
    this.#list.ariaLive = is ? 'off' : 'polite'
  }

  light(key: string | undefined): void {
    for (const item of this.#list.children) {
      item.classList.toggle('lit', key !== undefined && item.querySelector('button')?.dataset.key === key)
    }
  }

  update({ world: { chronicle }, positionMs }: LabSession): void {
    const deeds = newest(chronicle.deeds, positionMs, matchMedia(WIDE).matches ? MAX_DEEDS : MAX_DEEDS_NARROW)
    this.#none.hidden = deeds.length > 0
    while (this.#list.childElementCount > deeds.length) this.#list.lastElementChild?.remove()
    for (const [at, deed] of deeds.entries()) {
      const item = this.#list.children[at] ?? this.#list.appendChild(this.#newItem())
      const [who, says] = item.children
      if (!(who instanceof HTMLButtonElement) || says === undefined) continue
      const { instance } = deed
      if (item instanceof HTMLElement) {
        item.dataset.testid = `deed-${deed.name}`
        item.dataset.phase = phaseOf(deed, positionMs)
      }
      const key = instance === undefined ? '' : `${instance.slot}.${instance.number}`
      who.dataset.key = key
      who.disabled = key === ''
      setText(who, `${deed.name}${key === '' ? '' : ` ${key}`}, ${replicaName(deed.replica)}`)
      setText(
        says,
        instance === undefined
          ? deed.refused === undefined
            ? WAITS
            : sentence(deed.refused)
          : deedInWords(chronicle, deed.epoch, instance, positionMs),
      )
    }
  }

  #newItem(): HTMLLIElement {
    const who = button('', () => this.desk.light(who.dataset.key))
    for (const event of ['pointerenter', 'focus']) who.addEventListener(event, () => this.desk.light(who.dataset.key))
    for (const event of ['pointerleave', 'blur']) who.addEventListener(event, () => this.desk.light(undefined))
    return element('li', {}, who, element('span'))
  }
}

const WAITS = 'It waits for an earlier one of the same replica.'

/** Where it was proposed. */
const phaseOf = ({ refused, executedMs, committedMs }: Deed, atMs: number): string => {
  if (refused !== undefined) return 'refused'
  if (executedMs !== undefined && executedMs <= atMs) return 'executed'
  return committedMs !== undefined && committedMs <= atMs ? 'committed' : 'proposed'
}

const newest = (deeds: readonly Deed[], atMs: number, count: number): readonly Deed[] => {
  const found: Deed[] = []
  for (let at = deeds.length - 1; at >= 0 && found.length < count; at--) {
    const deed = deeds[at]
    if (deed !== undefined && deed.proposedMs <= atMs) found.push(deed)
  }
  return found
}

import { button, element, named } from '../elements.js'
import { replicaName } from '../run/words.js'

/** The same as a line across the picture, without a pointer: those that are chosen are cut off from the others. */
export class CutByHand {
  readonly element: HTMLElement = element('fieldset', { className: 'lab-map-cut', hidden: true })
  readonly #boxes = element('div', { className: 'lab-map-boxes' })
  readonly #chosen = new Map<number, HTMLInputElement>()

  constructor(onCut: (sides: readonly (readonly number[])[]) => void) {
    this.element.append(
      element('legend', { textContent: 'Cut off from the others' }),
      this.#boxes,
      named(
        'cut-off',
        button('Cut off', () => onCut(this.#sides())),
      ),
    )
  }

  update(replicas: readonly number[]): void {
    for (const [replica, box] of this.#chosen) {
      if (replicas.includes(replica)) continue
      box.parentElement?.remove()
      this.#chosen.delete(replica)
    }
    for (const replica of replicas) {
      if (this.#chosen.has(replica)) continue
      const box = named(`cut-off-${replica}`, element('input', { type: 'checkbox' }))
      this.#chosen.set(replica, box)
      this.#boxes.append(element('label', {}, box, replicaName(replica)))
    }
  }

  #sides(): readonly (readonly number[])[] {
    const replicas = [...this.#chosen]
    const those = (checked: boolean): readonly number[] =>
      replicas.filter(([, box]) => box.checked === checked).map(([replica]) => replica)
    return [those(false), those(true)]
  }
}

import type { LabSession } from 'epaxos/sim'
import { element } from '../elements.js'
import { folding } from './controls.js'
import { mountNumbers } from './numbers.js'
import type { Panel } from './panel.js'

/** How fast it is, beside what a leader would cost: worked out while it is looked at. */
export class Numbers implements Panel {
  readonly root: HTMLDetailsElement
  readonly #place = element('div')
  #numbers: ReturnType<typeof mountNumbers> | undefined
  #session: LabSession | undefined

  constructor() {
    this.root = folding('Numbers', 'beside', this.#place)
    this.root.classList.add('lab-numbers')
    this.root.addEventListener('toggle', () => {
      if (this.#session !== undefined) this.update(this.#session)
    })
  }

  update(session: LabSession): void {
    this.#session = session
    if (!this.root.open) return
    this.#numbers ??= mountNumbers(this.#place)
    this.#numbers.update(session)
  }

  destroy(): void {
    this.#numbers?.destroy()
  }
}

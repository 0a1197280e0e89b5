import type { Lane } from './lane-content.js'
import { laneY } from './lane-scale.js'

const STATES = {
  down: 'down',
  hidden: 'hidden',
  gone: 'gone',
  stopped: 'stopped',
} as const

/** Room for the edge of the canvas. */
const GAP = 8

/** The names beside the lanes. */
export class LaneLabels {
  readonly element: HTMLUListElement = document.createElement('ul')
  #width = 0

  constructor() {
    this.element.className = 'labels'
    this.element.setAttribute('aria-label', 'Replicas')
  }

  update(lanes: readonly Lane[]): void {
    const { element } = this
    while (element.childElementCount > lanes.length) element.lastElementChild?.remove()
    for (const [i, { name, aside, state }] of lanes.entries()) {
      const label = element.children[i] ?? element.appendChild(this.#newLabel())
      const [first, second] = label.children
      if (first !== undefined) setText(first, name)
      // How it is matters more than where.
      if (second !== undefined) setText(second, state === 'up' ? aside : STATES[state])
      if (label.className !== state) label.className = state
      const top = `${laneY(i, lanes.length)}px`
      if (label instanceof HTMLElement && label.style.top !== top) label.style.top = top
    }
  }

  /** So wide is what is left of the lanes. */
  widen(width: number): void {
    if (width === this.#width) return
    this.#width = width
    for (const label of this.element.children) this.#size(label)
  }

  #newLabel(): HTMLLIElement {
    const label = document.createElement('li')
    for (const name of ['name', 'aside']) {
      const part = document.createElement('span')
      part.className = name
      label.append(part)
    }
    this.#size(label)
    return label
  }

  #size(label: Element): void {
    if (label instanceof HTMLElement) label.style.maxWidth = `${Math.max(0, this.#width - GAP)}px`
  }
}

const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

import { element } from '../elements.js'
import { folding, tick } from './controls.js'

const KEYS: readonly (readonly [key: string, shown: string, meaning: string])[] = [
  [' ', 'Space', 'play, or pause'],
  ['.', '.', 'on to where the next message arrives'],
  [',', ',', 'back to where one arrived before'],
]

/** Single keys that do what buttons do, where nothing is being typed. */
export class Keys {
  readonly root: HTMLElement
  readonly #on = tick('Use these keys', true)
  readonly #acts: Readonly<Record<string, () => void>>

  constructor(acts: { readonly toggle: () => void; readonly next: () => void; readonly back: () => void }) {
    this.#acts = { ' ': acts.toggle, '.': acts.next, ',': acts.back }
    const list = element('dl', { className: 'lab-keys' })
    for (const [, shown, meaning] of KEYS) {
      list.append(element('dt', {}, element('kbd', { textContent: shown })), element('dd', { textContent: meaning }))
    }
    this.root = folding('Keys', 'never', list, this.#on.label)
    document.addEventListener('keydown', this.#pressed)
  }

  destroy(): void {
    document.removeEventListener('keydown', this.#pressed)
  }

  readonly #pressed = (event: KeyboardEvent): void => {
    const act = this.#acts[event.key]
    if (act === undefined || !this.#on.box.checked) return
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    // In a shadow root the event names only its host.
    const [target] = event.composedPath()
    if (target instanceof Element && target.closest(event.key === ' ' ? PRESSED_BY_SPACE : TYPED_INTO) !== null) return
    event.preventDefault()
    act()
  }
}

const TYPED_INTO = 'input:not([type=range], [type=checkbox]), textarea, select, dialog'
const PRESSED_BY_SPACE = `${TYPED_INTO}, button, summary, a, input, [role=option], [role=gridcell], [role=button]`

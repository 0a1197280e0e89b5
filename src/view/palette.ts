/** Every colour can be set from outside by the custom property of its name; these are those of light paper. */
export const COLOURS = {
  ink: '#1c2430',
  quiet: '#5b6675',
  paper: '#fff',
  rule: '#d9dee6',
  edge: '#8b97a8',
  /** An edge to what nobody knew of where its instance was proposed. */
  grown: 'var(--grave, #a32b1e)',
  /** Around instances that wait for each other. */
  hull: 'color-mix(in srgb, var(--edge, #8b97a8) 24%, var(--paper, #fff))',
  none: '#6b7685',
  'pre-accepted': '#a35a00',
  accepted: '#7b3fc4',
  committed: '#1762c4',
  executed: '#10714f',
} as const

/** What a reader may ask for, … */
const THEMES = ['(prefers-color-scheme: dark)', '(forced-colors: active)']

/** … and what a page's own switch may change at its root. */
const SWITCHES = ['class', 'style', 'data-theme']

/**
 * The colours of a drawing, as custom properties say at its element. A canvas does not follow them by itself: they are
 * read once, and again when the theme has changed.
 */
export class Palette<Name extends string> {
  readonly #probe = document.createElement('span')
  readonly #names: Readonly<Record<Name, string>>
  readonly #changed: () => void
  readonly #themes = THEMES.map((query) => matchMedia(query))
  readonly #observer = new MutationObserver(() => this.#reread())
  #colours: Readonly<Record<Name, string>> | undefined

  /**
   * @param parent gets a hidden element to read colours from
   * @param names each with the colour that it has where no custom property says otherwise
   * @param changed called when colours may be others
   */
  constructor(parent: ParentNode, names: Readonly<Record<Name, string>>, changed: () => void) {
    this.#names = names
    this.#changed = changed
    this.#probe.hidden = true
    // Else each of its colours is that of text, where a system asks for its own.
    this.#probe.style.setProperty('forced-color-adjust', 'none')
    parent.append(this.#probe)
    for (const theme of this.#themes) theme.addEventListener('change', this.#reread)
    this.#observer.observe(document.documentElement, { attributes: true, attributeFilter: SWITCHES })
  }

  /** The same object until they change: what is drawn with them can be kept for as long. */
  get colours(): Readonly<Record<Name, string>> {
    this.#colours ??= this.#read()
    return this.#colours
  }

  destroy(): void {
    for (const theme of this.#themes) theme.removeEventListener('change', this.#reread)
    this.#observer.disconnect()
    this.#probe.remove()
  }

  /** Whatever a custom property holds, the colour of an element is one that a canvas understands. */
  #read(): Readonly<Record<Name, string>> {
    const computed = getComputedStyle(this.#probe)
    const read: Record<Name, string> = { ...this.#names }
    for (const name of Object.keys(this.#names) as Name[]) {
      this.#probe.style.color = `var(--${name}, ${this.#names[name]})`
      read[name] = computed.color
    }
    return read
  }

  readonly #reread = (): void => {
    this.#colours = undefined
    this.#changed()
  }
}

import type { TraceCell } from '../core/index.js'
import { type Geometry, ROW_HEIGHT } from './geometry.js'
import type { Layout } from './layout.js'
import { lookOf } from './look.js'
import type { PlacedCell } from './placed.js'
import { sameCell } from './same-cell.js'

/** What the mirror shows. */
export interface Mirrored {
  readonly layout: Layout
  readonly geometry: Geometry
  /** By slot. */
  readonly names: readonly string[]
  readonly asides: readonly string[]
  readonly sentenceOf: (cell: TraceCell) => string
}

/** Cells are placed from the left end of a stretch of so many columns: browsers have no room for millions of pixels. */
const STRETCH_COLUMNS = 4096

interface MirrorRow {
  readonly element: HTMLDivElement
  readonly name: HTMLElement
  readonly aside: HTMLElement
  /** Holds the cells, and moves with the row. */
  readonly track: HTMLDivElement
}

interface MirrorCell {
  readonly element: HTMLDivElement
  cell: TraceCell
  left: number
}

/**
 * The grid as a screen reader, a keyboard and a test meet it: an element per cell, at its place above the canvas, with
 * nothing to be seen of it. The names of the rows are here, too, and are seen.
 */
export class Mirror {
  readonly element: HTMLDivElement = newElement('div', 'mirror', 'grid')
  readonly #rows: MirrorRow[] = []
  readonly #cells = new Map<string, MirrorCell>()
  #sentenceOf: Mirrored['sentenceOf'] = () => ''
  /** The one stop of the tab key; from there on the arrow keys lead. */
  #stop: string | undefined

  constructor() {
    this.element.setAttribute('aria-label', 'instance grid')
  }

  update(mirrored: Mirrored): void {
    const { layout, geometry } = mirrored
    const { style } = this.element
    setProperty(style, '--cell-width', `${2 * geometry.size.halfWidth}px`)
    setProperty(style, '--cell-height', `${2 * geometry.size.halfHeight}px`)
    this.#updateRows(mirrored)
    this.#sentenceOf = mirrored.sentenceOf
    const gone = new Set(this.#cells.keys())
    for (const placed of layout.cells) {
      gone.delete(placed.key)
      this.#updateCell(placed, mirrored)
    }
    const lost = this.focused
    for (const key of gone) {
      this.#cells.get(key)?.element.remove()
      this.#cells.delete(key)
    }
    this.#stopAt(this.#stop !== undefined && this.#cells.has(this.#stop) ? this.#stop : layout.cells.at(-1)?.key)
    // Whoever walks through the grid stays in it when its oldest cells leave.
    if (lost !== undefined && gone.has(lost)) this.focus(nearestTo(layout, lost))
  }

  /** The cell that has the focus. */
  get focused(): string | undefined {
    const root = this.element.getRootNode()
    return root instanceof ShadowRoot ? keyOfElement(root.activeElement) : undefined
  }

  /** The same, where the focus is to be seen: it came by keyboard. */
  get visiblyFocused(): string | undefined {
    const key = this.focused
    return key !== undefined && this.#cells.get(key)?.element.matches(':focus-visible') ? key : undefined
  }

  focus(key: string | undefined): void {
    if (key === undefined) return
    this.#stopAt(key)
    this.#cells.get(key)?.element.focus({ preventScroll: true })
  }

  /** Makes it what the tab key comes to. */
  stopAt(key: string | undefined): void {
    if (key !== undefined && this.#cells.has(key)) this.#stopAt(key)
  }

  #stopAt(key: string | undefined): void {
    this.#cells.get(this.#stop ?? '')?.element.setAttribute('tabindex', '-1')
    this.#stop = key
    const stop = this.#cells.get(key ?? '')
    if (stop === undefined) return
    stop.element.setAttribute('tabindex', '0')
    // What there is to tell of a cell may change while the cell does not.
    tell(stop.element, this.#sentenceOf(stop.cell))
  }

  #updateRows({ layout, geometry, names, asides }: Mirrored): void {
    while (this.#rows.length > layout.rows.length) this.#rows.pop()?.element.remove()
    for (const [slot, first] of layout.firsts.entries()) {
      const row = this.#rows[slot] ?? this.#addRow(slot)
      setText(row.name, names[slot] ?? '')
      setText(row.aside, asides[slot] ?? '')
      row.track.style.transform = `translateX(${-((first - 1) % STRETCH_COLUMNS) * geometry.pitch}px)`
    }
  }

  #addRow(slot: number): MirrorRow {
    const element = newElement('div', 'row', 'row')
    const label = newElement('div', 'label', 'rowheader')
    const [name, aside] = [newElement('div', 'name'), newElement('div', 'aside')]
    const [view, track] = [newElement('div', 'view', 'presentation'), newElement('div', 'track', 'presentation')]
    label.append(name, aside)
    view.append(track)
    element.append(label, view)
    element.style.top = `${slot * ROW_HEIGHT}px`
    this.element.append(element)
    const row = { element, name, aside, track }
    this.#rows[slot] = row
    return row
  }

  #updateCell({ key, cell, column }: PlacedCell, { layout, geometry, sentenceOf }: Mirrored): void {
    const { slot, number } = cell.instance
    const first = (layout.firsts[slot] as number) - 1
    const left = ((first % STRETCH_COLUMNS) + column + 0.5) * geometry.pitch - geometry.size.halfWidth
    let mirrored = this.#cells.get(key)
    const isNew = mirrored === undefined
    if (mirrored === undefined) {
      const element = newElement('div', 'cell', 'gridcell')
      element.dataset.key = key
      element.dataset.testid = `cell-${slot}-${number}`
      element.tabIndex = -1
      this.#rows[slot]?.track.append(element)
      mirrored = { element, cell, left: Number.NaN }
      this.#cells.set(key, mirrored)
    }
    const { element } = mirrored
    if (mirrored.left !== left) {
      mirrored.left = left
      element.style.left = `${left}px`
    }
    if (!isNew && sameCell(mirrored.cell, cell)) return
    mirrored.cell = cell
    tell(element, sentenceOf(cell))
    element.dataset.phase = lookOf(cell)
    element.dataset.position = String(cell.position)
  }
}

export const keyOfElement = (target: EventTarget | null): string | undefined =>
  target instanceof HTMLElement ? target.closest<HTMLElement>('[data-key]')?.dataset.key : undefined

/** What is left of its row, from the oldest on. */
const nearestTo = ({ rows, cells }: Layout, key: string): string | undefined => {
  const row = rows[Number.parseInt(key, 10)]
  return (row?.find((placed) => placed !== undefined) ?? cells.at(-1))?.key
}

const newElement = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  role?: string,
): HTMLElementTagNameMap[Tag] => {
  const element = document.createElement(tag)
  element.className = className
  if (role !== undefined) element.setAttribute('role', role)
  return element
}

const tell = (element: HTMLElement, sentence: string): void => {
  if (element.getAttribute('aria-label') !== sentence) element.setAttribute('aria-label', sentence)
}

const setProperty = (style: CSSStyleDeclaration, name: string, value: string): void => {
  if (style.getPropertyValue(name) !== value) style.setProperty(name, value)
}

const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

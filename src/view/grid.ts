import type { ReplicaId, TraceCell } from '../core/index.js'
import { CellView } from './cell.js'
import { columnsOf, type Layout, layOut, type PlacedCell } from './layout.js'
import { drawLegend } from './legend.js'
import { arrow, MIN_PITCH, type Point } from './shapes.js'
import { Slide } from './slide.js'
import { GRID_CSS } from './style.js'
import { svg } from './svg.js'

export interface GridContent {
  /** Per slot, oldest first, as `trace` gives them: `MAX_COLUMNS` instances of each are enough. */
  readonly rows: readonly (readonly TraceCell[])[]
  /** By slot. */
  readonly voters: readonly ReplicaId[]
  /** Whose row is marked as the own one. */
  readonly self: ReplicaId
}

export interface Grid {
  /** Draws what has changed. */
  update(content: GridContent): void
  destroy(): void
}

// Lengths in CSS pixels, which are the drawing's units.
const LABEL_WIDTH = 74
const ROW_HEIGHT = 74
/** A wide drawing spreads its columns, up to this. */
const MAX_PITCH = MIN_PITCH + 14

const EMPTY = 'No instances yet.'
const HINT = 'Point at a cell, or walk through the grid with the arrow keys, to read what happened to it.'

/**
 * Draws the instance grid into `parent`, below what is there: a row per voter, a cell per instance, arrows to what
 * it depends on. It fills the width, keeps the newest instances in view, and needs no style sheet. Its colours are
 * those of light paper unless custom properties say otherwise: `--ink`, `--quiet`, `--paper`, `--rule`, `--edge`, and
 * per phase `--none` (no-ops, too), `--pre-accepted`, `--accepted`, `--committed`, `--executed`.
 */
export const drawGrid = (parent: Element, content: GridContent): Grid => new InstanceGrid(parent, content)

class InstanceGrid implements Grid {
  readonly #host = document.createElement('div')
  readonly #drawing = svg('svg', { role: 'group', 'aria-label': 'instance grid' })
  readonly #labels = svg('g')
  readonly #edges = svg('g')
  readonly #cells = svg('g')
  readonly #sentence = document.createElement('p')
  readonly #cellViews = new Map<string, CellView>()
  readonly #edgeViews = new Map<string, SVGPathElement>()
  readonly #slide = new Slide(() => this.#place())
  readonly #resized = new ResizeObserver(() => this.update(this.#content))
  #content: GridContent
  #layout: Layout = layOut([], 1)
  #pitch = MIN_PITCH
  /** The cell that is pointed at, and the one that has, or last had, the focus. */
  #pointed: string | undefined
  #focused: string | undefined

  constructor(parent: Element, content: GridContent) {
    this.#content = content
    const root = this.#host.attachShadow({ mode: 'open' })
    // Constructed: a page's content security policy may forbid style elements.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(GRID_CSS)
    root.adoptedStyleSheets = [sheet]
    this.#sentence.className = 'sentence'
    this.#drawing.append(this.#labels, this.#edges, this.#cells)
    root.append(this.#drawing, this.#sentence, drawLegend())
    parent.append(this.#host)
    this.#drawing.addEventListener('pointerover', (event) => this.#point(keyUnder(event)))
    this.#drawing.addEventListener('pointerleave', () => this.#point(undefined))
    this.#drawing.addEventListener('focusin', (event) => this.#focus(keyUnder(event)))
    this.#drawing.addEventListener('focusout', () => this.#ask())
    this.#drawing.addEventListener('keydown', (event) => this.#walk(event))
    // Calls at once, too.
    this.#resized.observe(this.#host)
  }

  update(content: GridContent): void {
    this.#content = content
    const { rows } = content
    const room = this.#host.clientWidth - LABEL_WIDTH
    const columns = columnsOf(rows.length, Math.floor(room / MIN_PITCH))
    this.#pitch = Math.min(MAX_PITCH, Math.max(MIN_PITCH, room / columns))
    this.#layout = layOut(rows, columns)
    this.#drawing.setAttribute('height', String(rows.length * ROW_HEIGHT))
    this.#drawLabels()
    this.#drawCells()
    this.#drawEdges()
    this.#slide.to(this.#layout.firsts)
    this.#place()
    this.#ask()
  }

  destroy(): void {
    this.#resized.disconnect()
    this.#slide.stop()
    this.#host.remove()
  }

  #drawLabels(): void {
    const { rows, voters, self } = this.#content
    while (this.#labels.childElementCount > rows.length) this.#labels.lastElementChild?.remove()
    for (const slot of rows.keys()) {
      const y = (slot + 0.5) * ROW_HEIGHT
      const voter = voters[slot] ?? ''
      const label = this.#labels.children[slot] ?? this.#labels.appendChild(newLabel(y))
      const [name, aside] = label.querySelectorAll('text')
      if (name !== undefined) setText(name, `${slot} · ${voter.slice(0, 4)}`)
      if (aside !== undefined) setText(aside, voter === self ? 'this tab' : '')
    }
  }

  #drawCells(): void {
    const { cells } = this.#layout
    for (const [key, view] of this.#cellViews) {
      if (cells.has(key)) continue
      view.element.remove()
      this.#cellViews.delete(key)
    }
    for (const placed of cells.values()) {
      let view = this.#cellViews.get(placed.key)
      if (view === undefined) {
        view = new CellView(placed)
        this.#cellViews.set(placed.key, view)
        this.#cells.append(view.element)
      }
      view.update(placed, this.#content.voters.length)
    }
    // One stop for the tab key; from there on the arrow keys.
    if (this.#focused === undefined || !cells.has(this.#focused)) this.#focused = [...cells.keys()].at(-1)
    for (const [key, { element }] of this.#cellViews)
      element.setAttribute('tabindex', key === this.#focused ? '0' : '-1')
  }

  #drawEdges(): void {
    const gone = new Set(this.#edgeViews.keys())
    for (const { key, implied } of this.#layout.edges) {
      gone.delete(key)
      let edge = this.#edgeViews.get(key)
      if (edge === undefined) {
        edge = svg('path', { class: 'edge' })
        this.#edgeViews.set(key, edge)
        this.#edges.append(edge)
      }
      edge.classList.toggle('implied', implied)
    }
    for (const key of gone) {
      this.#edgeViews.get(key)?.remove()
      this.#edgeViews.delete(key)
    }
  }

  /** Puts everything where it is at this moment of the slide. */
  #place(): void {
    for (const view of this.#cellViews.values()) view.moveTo(this.#pointOf(view.placed))
    for (const { key, from, to } of this.#layout.edges) {
      this.#edgeViews.get(key)?.setAttribute('d', arrow(this.#pointOf(from), this.#pointOf(to)))
    }
  }

  #pointOf({ cell: { instance } }: PlacedCell): Point {
    const column = instance.number - (this.#slide.at[instance.slot] ?? 1)
    return { x: LABEL_WIDTH + (column + 0.5) * this.#pitch, y: (instance.slot + 0.5) * ROW_HEIGHT }
  }

  #point(key: string | undefined): void {
    this.#pointed = key
    this.#ask()
  }

  #focus(key: string | undefined): void {
    this.#focused = key
    this.#drawCells()
    this.#ask()
  }

  /** Says what is known of the cell that is asked about, and lights what it depends on. */
  #ask(): void {
    const root = this.#host.shadowRoot
    const focused = root?.activeElement instanceof SVGElement ? this.#focused : undefined
    const asked = this.#cellViews.get(this.#pointed ?? focused ?? '')
    setText(this.#sentence, asked?.sentence ?? (this.#cellViews.size === 0 ? EMPTY : HINT))
    for (const element of [this.#sentence, this.#drawing]) element.classList.toggle('asked', asked !== undefined)
    const lit = new Set<string | undefined>([asked?.placed.key])
    for (const { key, from, to } of this.#layout.edges) {
      const leads = from === asked?.placed
      if (leads) lit.add(to.key)
      this.#edgeViews.get(key)?.classList.toggle('lit', leads)
    }
    for (const [key, { element }] of this.#cellViews) element.classList.toggle('lit', lit.has(key))
  }

  #walk(event: KeyboardEvent): void {
    const [right, down] = STEPS[event.key] ?? []
    const placed = this.#layout.cells.get(this.#focused ?? '')
    if (right === undefined || down === undefined || placed === undefined) return
    event.preventDefault()
    const slot = placed.cell.instance.slot + down
    // Rows may be shorter, or have gaps: the nearest cell in the direction gone, or at all.
    const column = placed.column + right
    const row = [...this.#layout.cells.values()].filter(({ cell }) => cell.instance.slot === slot)
    const ahead = row.filter((other) => (other.column - placed.column) * right >= Math.abs(right))
    const nearest = ahead.sort((a, b) => Math.abs(a.column - column) - Math.abs(b.column - column))[0]
    if (nearest !== undefined) this.#cellViews.get(nearest.key)?.element.focus()
  }
}

/** Columns and rows to go for a key. */
const STEPS: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

const newLabel = (y: number): SVGGElement => {
  const label = svg('g')
  label.append(
    svg('line', { class: 'line', x1: 0, x2: '100%', y1: y + ROW_HEIGHT / 2, y2: y + ROW_HEIGHT / 2 }),
    svg('text', { class: 'name', x: 0, y: y - 1 }),
    svg('text', { class: 'aside', x: 0, y: y + 14 }),
  )
  return label
}

const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

const keyUnder = ({ target }: Event): string | undefined =>
  target instanceof Element ? target.closest<SVGElement>('[data-key]')?.dataset.key : undefined

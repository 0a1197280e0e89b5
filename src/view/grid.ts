import type { TraceCell } from '../core/index.js'
import { Canvas, type Frame } from './canvas.js'
import { FORCED_COLOURS_CSS, LEGEND_CSS } from './common-style.js'
import { cellUnder, type Geometry, geometryOf, ROW_HEIGHT } from './geometry.js'
import type { Grid, GridContent, GridOptions } from './grid-content.js'
import { linksOf } from './hull.js'
import { type Layout, layOut, placedBy } from './layout.js'
import { drawLegend } from './legend.js'
import { keyOfElement, Mirror } from './mirror.js'
import { isStill } from './motion.js'
import { Pace } from './pace.js'
import { Painter, type Scene } from './painter.js'
import { COLOURS, Palette } from './palette.js'
import type { PlacedCell } from './placed.js'
import { sameContent } from './same-content.js'
import { sentenceOf } from './sentence.js'
import { Slide } from './slide.js'
import { GRID_CSS } from './style.js'
import { Turns } from './turns.js'
import { nextCell } from './walk.js'

/** How often, at most, what stands for the canvas is brought up to date: for each frame it would take too long. */
const MIRROR_MS = 250

/** Beside the rows, for their names. */
const LABEL_WIDTH = 74

const EMPTY = 'No instances yet.'
const HINT = 'Point at a cell, or walk through the grid with the arrow keys, to read what happened to it.'

/**
 * Draws the instance grid into `parent`, below what is there: a row per voter, a cell per instance, arrows to what
 * it depends on. It fills the width, keeps the newest instances in view, and needs no style sheet. Its colours are
 * those of light paper unless custom properties say otherwise: `--ink`, `--quiet`, `--paper`, `--rule`, `--edge`,
 * `--grown` (edges), `--hull` (components), and per phase `--none` (no-ops, too), `--pre-accepted`, `--accepted`,
 * `--committed`, `--executed`.
 */
export const drawGrid = (parent: Element, content: GridContent, options: GridOptions = {}): Grid =>
  new InstanceGrid(parent, content, options)

class InstanceGrid implements Grid {
  readonly #host = document.createElement('div')
  readonly #stage = document.createElement('div')
  readonly #sentence = document.createElement('p')
  readonly #canvas = new Canvas(
    () => this.#palette.colours.paper,
    (frame) => this.#paint(frame),
  )
  readonly #palette: Palette<keyof typeof COLOURS>
  readonly #painter = new Painter()
  readonly #mirror = new Mirror()
  readonly #mirroring = new Pace(MIRROR_MS, () => this.#mirrorAll())
  readonly #slide = new Slide()
  readonly #turns = new Turns()
  readonly #options: GridOptions
  #content: GridContent
  #width = 0
  #geometry: Geometry = geometryOf([], 0, false)
  #layout: Layout = layOut([], 1)
  #links: Scene['links'] = []
  /** The cell that is pointed at, and the one that is lit from outside. */
  #pointed: string | undefined
  #lit: string | undefined
  #told: string | undefined

  constructor(parent: Element, content: GridContent, options: GridOptions) {
    this.#content = content
    this.#options = options
    const root = this.#host.attachShadow({ mode: 'open' })
    // Constructed: a page's content security policy may forbid style elements.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(GRID_CSS + LEGEND_CSS + FORCED_COLOURS_CSS)
    root.adoptedStyleSheets = [sheet]
    this.#palette = new Palette(root, COLOURS, () => this.#canvas.ask())
    this.#stage.className = 'stage'
    this.#sentence.className = 'sentence'
    const { element } = this.#mirror
    this.#stage.append(this.#canvas.element, element)
    root.append(this.#stage, this.#sentence)
    if (options.legend !== false) root.append(drawLegend())
    parent.append(this.#host)
    element.addEventListener('pointermove', (event) => this.#pointAt(event))
    element.addEventListener('pointerdown', (event) => this.#pointAt(event))
    element.addEventListener('pointerleave', (event) => {
      // A finger that is lifted has chosen a cell, until it touches another place.
      if (event.pointerType !== 'touch') this.#point(undefined)
    })
    element.addEventListener('focusin', (event) => {
      this.#mirror.stopAt(keyOfElement(event.target))
      this.#ask()
    })
    element.addEventListener('focusout', ({ relatedTarget }) => {
      // Else the focus goes on to another cell, which tells of itself.
      if (keyOfElement(relatedTarget) === undefined) this.#ask()
    })
    element.addEventListener('keydown', (event) => this.#walk(event))
    this.#width = this.#host.clientWidth - LABEL_WIDTH
    this.#layOut()
  }

  update(content: GridContent): void {
    if (sameContent(this.#content, content)) {
      // Of what is drawn there may be more to tell.
      this.#tell()
      return
    }
    this.#content = content
    this.#layOut()
  }

  #layOut(): void {
    const { rows } = this.#content
    const still = isStill()
    this.#geometry = geometryOf(rows, this.#width, this.#options.dense === true)
    const before = this.#layout
    this.#layout = layOut(rows, this.#geometry.columns)
    this.#links = this.#layout.components.flatMap((component) => linksOf(component, this.#geometry))
    this.#stage.style.height = `${rows.length * ROW_HEIGHT}px`
    this.#slide.to(this.#layout.firsts, still)
    if (still) this.#turns.stop()
    else this.#turns.begin(before, this.#layout, performance.now())
    this.#mirroring.ask()
    this.#ask()
  }

  light(key: string | undefined): void {
    this.#lit = key
    this.#ask()
  }

  destroy(): void {
    this.#mirroring.stop()
    this.#canvas.destroy()
    this.#palette.destroy()
    this.#host.remove()
  }

  #paint(frame: Frame): void {
    if (frame.width !== this.#width) {
      this.#width = frame.width
      this.#layOut()
      this.#mirroring.now()
    }
    const sliding = this.#slide.step(frame.nowMs)
    const turning = this.#turns.step(frame.nowMs)
    const scene: Scene = {
      layout: this.#layout,
      geometry: this.#geometry,
      links: this.#links,
      at: this.#slide.at,
      turns: this.#turns,
      asked: this.#asked(),
      focused: this.#placed(this.#mirror.visiblyFocused),
    }
    this.#painter.paint(frame, scene, this.#palette.colours)
    if (sliding || turning) this.#canvas.ask()
  }

  #mirrorAll(): void {
    const { voters, self, names, asides, rows } = this.#content
    this.#mirror.update({
      layout: this.#layout,
      geometry: this.#geometry,
      names: rows.map((_, slot) => names?.[slot] ?? `${slot} · ${(voters[slot] ?? '').slice(0, 4)}`),
      asides: rows.map((_, slot) => asides?.[slot] ?? (self !== undefined && voters[slot] === self ? 'this tab' : '')),
      sentenceOf: this.#sentenceOf,
    })
  }

  readonly #sentenceOf = (cell: TraceCell): string =>
    this.#options.sentenceOf?.(cell) ?? sentenceOf(cell, this.#content.voters.length)

  #placed(key: string | undefined): PlacedCell | undefined {
    return key === undefined ? undefined : placedBy(this.#layout, key)
  }

  #asked(): PlacedCell | undefined {
    return this.#placed(this.#pointed) ?? this.#placed(this.#mirror.focused) ?? this.#placed(this.#lit)
  }

  #pointAt({ clientX, clientY }: PointerEvent): void {
    const { left, top } = this.#canvas.element.getBoundingClientRect()
    const point = { x: clientX - left, y: clientY - top }
    this.#point(point.x < 0 ? undefined : cellUnder(this.#layout, this.#geometry, this.#slide.at, point)?.key)
  }

  #point(key: string | undefined): void {
    if (key === this.#pointed) return
    this.#pointed = key
    this.#ask()
  }

  /** Another cell is asked about, or another drawing: it lights what that depends on. */
  #ask(): void {
    this.#tell()
    this.#canvas.ask()
  }

  /** Says what is known of the cell that is asked about. */
  #tell(): void {
    const asked = this.#asked()
    const empty = this.#layout.cells.length === 0
    setText(this.#sentence, asked === undefined ? (empty ? EMPTY : HINT) : this.#sentenceOf(asked.cell))
    this.#sentence.classList.toggle('asked', asked !== undefined)
    const told = this.#placed(this.#pointed)?.key ?? this.#mirror.focused
    if (told === this.#told) return
    this.#told = told
    this.#options.onPoint?.(told)
  }

  #walk(event: KeyboardEvent): void {
    const placed = this.#placed(this.#mirror.focused)
    const next = placed === undefined ? undefined : nextCell(this.#layout, placed, event.key)
    if (event.key.startsWith('Arrow')) event.preventDefault()
    if (next === undefined) return
    // It may be newer than what stands for the canvas.
    this.#mirroring.now()
    this.#mirror.focus(next.key)
  }
}

const setText = (element: Element, text: string): void => {
  if (element.textContent !== text) element.textContent = text
}

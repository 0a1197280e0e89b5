import { Canvas, type Frame } from './canvas.js'
import { FORCED_COLOURS_CSS, LEGEND_CSS } from './common-style.js'
import type { LaneFlight, Lanes, LanesContent, LanesOptions } from './lane-content.js'
import { FlightIndex } from './lane-flights.js'
import { courseOf, newCourse } from './lane-geometry.js'
import { type Hit, hitAt } from './lane-hit.js'
import { LaneLabels } from './lane-labels.js'
import { LaneLegend } from './lane-legend.js'
import { type Entry, entriesOf } from './lane-list.js'
import { Listbox } from './lane-listbox.js'
import { keyOfFlight, keyOfHappening, MarkIndex } from './lane-marks.js'
import { paintChosen } from './lane-paint-flights.js'
import { paintGround, paintPosition } from './lane-paint-ground.js'
import { paintMarks } from './lane-paint-marks.js'
import { LanePointer } from './lane-pointer.js'
import { heightOf, onPixels, scaleOf, type TimeScale } from './lane-scale.js'
import type { Sheet } from './lane-sheet.js'
import { LANE_COLOURS, type LaneColour } from './lane-styles.js'
import { WindowPainter } from './lane-window.js'
import { cutInWords, flightInWords, happeningInWords, markInWords } from './lane-words.js'
import { LANES_CSS } from './lanes-style.js'
import { Palette } from './palette.js'

const EMPTY = 'Nothing has happened yet.'
const HINT = 'Point at an arrow or a mark to read what it is; by keyboard: the arrow keys.'
const SEEK_HINT = `${HINT} Drag to go through time.`

/** Names beside the lanes; less where there is little room. */
const LABEL_WIDTH = 96
const NARROW_LABEL_WIDTH = 66
const NARROW = 480

/** What is at the right end is not cut off. */
const MARGIN = 6

/**
 * Draws space-time lanes into `parent`, below what is there: a lane per replica, time to the right, messages as arrows
 * from lane to lane, what happens as marks on them. It fills the width, is as high as its lanes need, and needs no style
 * sheet. Its colours are those of light paper unless custom properties say otherwise: those of `drawGrid`, and `--grave`.
 */
export const drawLanes = (parent: Element, content: LanesContent, options: LanesOptions = {}): Lanes =>
  new SpaceTimeLanes(parent, content, options)

class SpaceTimeLanes implements Lanes {
  readonly #options: LanesOptions
  readonly #host = document.createElement('div')
  readonly #stage = document.createElement('div')
  readonly #sentence = document.createElement('p')
  readonly #labels = new LaneLabels()
  readonly #canvas: Canvas
  readonly #palette: Palette<LaneColour>
  readonly #legend: LaneLegend | undefined
  readonly #list: Listbox
  readonly #pointer: LanePointer
  readonly #flights = new FlightIndex()
  readonly #marks = new MarkIndex()
  readonly #painter = new WindowPainter()
  #content: LanesContent
  #scale: TimeScale = scaleOf(0, 1, 0, 1)
  /** From outside. */
  #lit: string | undefined
  /** What is pointed at, and what is walked to by keyboard. */
  #pointed: Hit | undefined
  #walked: Entry | undefined
  #key: string | undefined

  constructor(parent: Element, content: LanesContent, options: LanesOptions) {
    this.#content = content
    this.#options = options
    const root = this.#host.attachShadow({ mode: 'open' })
    // Constructed: a page's content security policy may forbid style elements.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(LANES_CSS + LEGEND_CSS + FORCED_COLOURS_CSS)
    root.adoptedStyleSheets = [sheet]
    this.#palette = new Palette(root, LANE_COLOURS, () => this.#recolour())
    this.#canvas = new Canvas(
      () => this.#palette.colours.paper,
      (frame) => this.#paint(frame),
    )
    this.#list = new Listbox({
      entries: () => entriesOf(this.#content, this.#flights),
      sentenceOf: (entry) => this.#inWords(entry),
      onWalk: (entry) => this.#walk(entry),
      onChoose: (entry) => this.#choose(entry),
      onSeek: (windows) => this.#seek(this.#content.positionMs + windows * this.#content.windowMs),
    })
    this.#stage.className = 'stage'
    this.#stage.append(this.#list.element, this.#canvas.element, this.#labels.element)
    this.#sentence.className = 'sentence'
    root.append(this.#stage, this.#sentence)
    if (options.legend !== false) {
      this.#legend = new LaneLegend(() => this.#palette.colours)
      root.append(this.#legend.element)
    }
    this.#pointer = new LanePointer(this.#stage, {
      positionMs: () => this.#content.positionMs,
      msPerPixel: () => this.#scale.msPerPixel,
      onHover: () => this.#canvas.ask(),
      onTap: (x, y, reach, at) => this.#tap(x, y, reach, at),
      onSeek: (ms) => this.#seek(ms),
    })
    parent.append(this.#host)
    this.update(content)
  }

  update(content: LanesContent): void {
    this.#content = content
    this.#flights.update(content.flights)
    this.#marks.update(content.happenings)
    const height = `${heightOf(content.lanes.length)}px`
    if (this.#canvas.element.style.height !== height) this.#canvas.element.style.height = height
    this.#labels.update(content.lanes)
    this.#list.update()
    this.#canvas.ask()
  }

  light(key: string | undefined): void {
    if (key === this.#lit) return
    this.#lit = key
    this.#canvas.ask()
  }

  destroy(): void {
    this.#canvas.destroy()
    this.#palette.destroy()
    this.#legend?.destroy()
    this.#list.destroy()
    this.#pointer.destroy()
    this.#host.remove()
  }

  #paint({ context, width, height, ratio }: Frame): void {
    const left = width < NARROW ? NARROW_LABEL_WIDTH : LABEL_WIDTH
    this.#labels.widen(left)
    const { positionMs, windowMs } = this.#content
    this.#scale = onPixels(scaleOf(positionMs, windowMs, left, width - MARGIN), ratio)
    this.#look()
    const sheet: Sheet = {
      context,
      colours: this.#palette.colours,
      content: this.#content,
      scale: this.#scale,
      lit: this.#lit ?? this.#key,
    }
    context.save()
    context.beginPath()
    context.rect(left, 0, width - left, height)
    context.clip()
    paintGround(sheet)
    this.#painter.paint(sheet, this.#flights, ratio, height)
    const asked = this.#asked
    if (asked?.kind === 'flight') paintChosen(sheet, asked.flight)
    paintPosition(sheet)
    paintMarks(sheet, this.#marks)
    context.restore()
  }

  get #asked(): Hit | Entry | undefined {
    return this.#pointed ?? this.#walked
  }

  /** Time moves below a pointer that rests: what it is at is asked with each drawing. */
  #look(): void {
    const { at } = this.#pointer
    this.#pointed = at === undefined ? undefined : this.#hit(at.x, at.y, at.reach)
    this.#stage.classList.toggle('at', this.#pointed?.kind === 'flight' && this.#options.onFlight !== undefined)
    const asked = this.#asked
    this.#sentence.classList.toggle('asked', asked !== undefined)
    const said = asked === undefined ? this.#hint : this.#inWords(asked)
    if (this.#sentence.textContent !== said) this.#sentence.textContent = said
    const key = asked === undefined ? undefined : keyOf(asked)
    if (key === this.#key) return
    this.#key = key
    this.#options.onPoint?.(key)
  }

  get #hint(): string {
    const { happenings, positionMs } = this.#content
    if ((happenings[0]?.atMs ?? Number.POSITIVE_INFINITY) > positionMs) return EMPTY
    return this.#options.onSeek === undefined ? HINT : SEEK_HINT
  }

  #hit(x: number, y: number, reach: number): Hit | undefined {
    return hitAt(x, y, reach, this.#content, this.#scale, this.#flights, this.#marks)
  }

  #inWords(asked: Hit | Entry): string {
    const nameOf = (replica: number): string => this.#content.lanes[replica]?.name ?? `R${replica}`
    switch (asked.kind) {
      case 'flight':
        return flightInWords(asked.flight, nameOf, this.#content.positionMs)
      case 'mark':
        return markInWords(asked.mark, nameOf, this.#options.rules)
      case 'cut':
        return cutInWords(asked.cut, asked.above, asked.above + 1, nameOf)
      case 'happening':
        return happeningInWords(asked.happening, nameOf, this.#options.rules)
    }
  }

  #walk(entry: Entry | undefined): void {
    this.#walked = entry
    this.#canvas.ask()
  }

  #tap(x: number, y: number, reach: number, at: { readonly clientX: number; readonly clientY: number }): void {
    const hit = this.#hit(x, y, reach)
    if (hit?.kind === 'flight') this.#options.onFlight?.(hit.flight.id, at)
  }

  #choose(entry: Entry): void {
    if (entry.kind === 'flight') this.#options.onFlight?.(entry.flight.id, this.#placeOf(entry.flight))
  }

  /** Where a flight's head is on the screen. */
  #placeOf(flight: LaneFlight): { readonly clientX: number; readonly clientY: number } {
    const course = newCourse()
    courseOf(flight, this.#scale, this.#content, course)
    const { left, top } = this.#stage.getBoundingClientRect()
    const x = Math.min(this.#scale.right, Math.max(this.#scale.left, course.headX))
    return { clientX: left + x, clientY: top + course.headY }
  }

  #seek(ms: number): void {
    this.#options.onSeek?.(Math.max(0, ms))
  }

  #recolour(): void {
    this.#canvas.ask()
    this.#legend?.ask()
  }
}

const keyOf = (asked: Hit | Entry): string | undefined => {
  switch (asked.kind) {
    case 'flight':
      return keyOfFlight(asked.flight)
    case 'mark':
      return asked.mark.key
    case 'cut':
      return undefined
    case 'happening':
      return keyOfHappening(asked.happening)
  }
}

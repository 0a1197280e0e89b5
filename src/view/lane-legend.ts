import { Canvas } from './canvas.js'
import type { LaneHappening } from './lane-content.js'
import { newCourse } from './lane-geometry.js'
import { drawFlight } from './lane-paint-flights.js'
import { drawMark } from './lane-paint-marks.js'
import type { Track } from './lane-scale.js'
import type { Brush } from './lane-sheet.js'
import { FLIGHT_STYLES, type FlightStyle } from './lane-styles.js'

/** What the signs mean, drawn as they are drawn in the lanes, behind a line that opens it. */
export class LaneLegend {
  readonly element: HTMLDetailsElement = document.createElement('details')
  readonly #canvases: Canvas[] = []
  readonly #coloursOf: () => Brush['colours']

  constructor(coloursOf: () => Brush['colours']) {
    this.#coloursOf = coloursOf
    const summary = document.createElement('summary')
    summary.textContent = 'What the signs mean'
    const list = document.createElement('ul')
    for (const style of FLIGHT_STYLES) list.append(this.#item(style.meaning, arrow(style, 'arrived')))
    const [sample] = FLIGHT_STYLES
    if (sample !== undefined) {
      list.append(this.#item('on its way', arrow(sample, 'under-way')))
      list.append(this.#item('lost', arrow(sample, 'lost')))
      list.append(this.#item('came while its receiver was down', arrow(sample, 'missed')))
    }
    for (const [meaning, track, text, happening] of MARKS) {
      list.append(this.#item(meaning, (brush) => drawMark(brush, { last: happening, text }, track, 18, 11)))
    }
    this.element.className = 'legend'
    this.element.append(summary, list)
  }

  /** The colours are others. */
  ask(): void {
    for (const canvas of this.#canvases) canvas.ask()
  }

  destroy(): void {
    for (const canvas of this.#canvases) canvas.destroy()
  }

  #item(meaning: string, draw: (brush: Brush) => void): HTMLLIElement {
    const canvas = new Canvas(
      () => this.#coloursOf().paper,
      ({ context }) => draw({ context, colours: this.#coloursOf() }),
    )
    this.#canvases.push(canvas)
    const entry = document.createElement('li')
    entry.append(canvas.element, meaning)
    return entry
  }
}

const arrow =
  (style: FlightStyle, state: 'arrived' | 'under-way' | 'lost' | 'missed') =>
  (brush: Brush): void => {
    const head = { arrived: 33, 'under-way': 22, lost: 27, missed: 33 }[state]
    drawFlight(brush, style, { ...newCourse(), fromX: 1, fromY: 11, headX: head, headY: 11, toX: 33, toY: 11, state })
  }

const here = { atMs: 0, replica: 0, instance: { slot: 0, number: 1 } } as const

const vote = { ...here, kind: 'vote', from: 1, votes: 2, needed: 3, grown: false } as const

const MARKS: readonly (readonly [meaning: string, track: Track, text: string, happening: LaneHappening])[] = [
  ['proposed here', 'above', '', { ...here, kind: 'proposed', name: '' }],
  ['2 of 3 votes have come', 'line', '', { ...vote, round: 'pre-accept' }],
  ['… of the second round', 'line', '', { ...vote, round: 'accept' }],
  ['committed fast: one round trip', 'committed', '', { ...here, kind: 'committed', path: 'fast' }],
  ['committed slowly: two', 'committed', '', { ...here, kind: 'committed', path: 'slow' }],
  ['committed by recovery', 'committed', '', { ...here, kind: 'committed', path: 'recovered' }],
  ['told that it is committed', 'committed', '', { ...here, kind: 'committed', path: 'told' }],
  ['executed, in this order here', 'executed', '12', { ...here, kind: 'executed', position: 12 }],
  ['recovery has decided', 'above', '', { ...here, kind: 'recovery', rule: 'validate' }],
]

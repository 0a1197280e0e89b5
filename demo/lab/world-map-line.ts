import { type Placed, type Point, sidesOf } from './world-map-places.js'
import { svg } from './world-map-svg.js'

export interface LineActs {
  /** A line was drawn: who is on which side of it. */
  onLine(sides: readonly (readonly number[])[]): void
  /** While it is drawn: the side of each; undefined: it is over. */
  onPreview(side: ((replica: number) => number) | undefined): void
}

/** Longer than any picture. */
const FAR = 2000

/** Two points nearer than this, in pixels, give no direction. */
const SHORT = 12

/** A sheet over the picture, on which a line is drawn that goes on across all of it. */
export class LineAcross {
  readonly element: SVGSVGElement = svg('svg', { class: 'lab-map-sheet', 'aria-hidden': 'true' })
  readonly #line = svg('line')
  readonly #stage: HTMLElement
  readonly #placed: () => readonly Placed[]
  readonly #acts: LineActs
  readonly #gone = new AbortController()
  #from: Point | undefined
  #sides: readonly (readonly number[])[] | undefined

  constructor(stage: HTMLElement, placed: () => readonly Placed[], acts: LineActs) {
    this.#stage = stage
    this.#placed = placed
    this.#acts = acts
    this.element.append(this.#line)
    this.isOn = false
    const { signal } = this.#gone
    this.element.addEventListener('pointerdown', (event) => this.#down(event), { signal })
    this.element.addEventListener('pointermove', (event) => this.#move(event), { signal })
    this.element.addEventListener('pointerup', () => this.#up(), { signal })
    this.element.addEventListener('pointercancel', () => this.#forget(), { signal })
  }

  set isOn(on: boolean) {
    this.element.toggleAttribute('hidden', !on)
    this.#forget()
  }

  destroy(): void {
    this.#gone.abort()
    this.element.remove()
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return
    this.element.setPointerCapture(event.pointerId)
    this.#from = this.#pointOf(event)
  }

  #move(event: PointerEvent): void {
    const from = this.#from
    if (from === undefined) return
    const to = this.#pointOf(event)
    const length = Math.hypot(to.x - from.x, to.y - from.y)
    if (length < SHORT) return
    const [right, down] = [((to.x - from.x) / length) * FAR, ((to.y - from.y) / length) * FAR]
    const ends = { x1: from.x - right, y1: from.y - down, x2: from.x + right, y2: from.y + down }
    for (const [name, value] of Object.entries(ends)) this.#line.setAttribute(name, value.toFixed(1))
    this.#line.removeAttribute('visibility')
    const sides = sidesOf(from, to, this.#placed())
    this.#sides = sides
    this.#acts.onPreview((replica) => (sides[1].includes(replica) ? 1 : 0))
  }

  #up(): void {
    const sides = this.#sides
    this.#forget()
    if (sides !== undefined) this.#acts.onLine(sides)
  }

  #forget(): void {
    this.#from = undefined
    this.#sides = undefined
    this.#line.setAttribute('visibility', 'hidden')
    this.#acts.onPreview(undefined)
  }

  #pointOf({ clientX, clientY }: PointerEvent): Point {
    const { left, top } = this.#stage.getBoundingClientRect()
    return { x: clientX - left, y: clientY - top }
  }
}

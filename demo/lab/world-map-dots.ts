import type { Flight } from 'epaxos/sim'
import { colourOfFlight } from 'epaxos/view'
import type { Placed } from './world-map-places.js'
import { sized, svg } from './world-map-svg.js'

/** More than this many can't be told apart, and would make a phone stutter. */
const MOST_DOTS = 150

/** Messages on their way, as dots that travel along the lines, in the colours of the lanes. */
export class Dots {
  readonly element: SVGSVGElement = svg('svg', { class: 'lab-map-dots', 'aria-hidden': 'true' })

  resize(width: number, height: number): void {
    sized(this.element, width, height)
  }

  update(flights: readonly Flight[], placed: readonly Placed[], positionMs: number): void {
    const points = new Map(placed.map((one) => [one.replica, one]))
    let drawn = 0
    for (const { from, to, sentMs, endMs, kind } of flights) {
      const [start, end] = [points.get(from), points.get(to)]
      if (start === undefined || end === undefined || drawn === MOST_DOTS) continue
      const share = Math.min(1, Math.max(0, (positionMs - sentMs) / Math.max(1e-6, endMs - sentMs)))
      const dot = this.#dot(drawn++)
      dot.setAttribute('cx', (start.x + share * (end.x - start.x)).toFixed(1))
      dot.setAttribute('cy', (start.y + share * (end.y - start.y)).toFixed(1))
      if (dot.dataset.kind !== kind) {
        dot.dataset.kind = kind
        dot.style.fill = `var(--${colourOfFlight(kind)})`
      }
    }
    while (this.element.childElementCount > drawn) this.element.lastElementChild?.remove()
  }

  #dot(i: number): SVGElement {
    const found = this.element.children[i]
    return found instanceof SVGElement ? found : this.element.appendChild(svg('circle', { r: 3.2 }))
  }
}

import type { Chronicle, MemberView } from 'epaxos/sim'
import { cities, cityNames } from '../run/words.js'
import { eachLandDot, LAND_STEP_DEGREES } from './land.js'
import {
  type Box,
  cityPoint,
  DISC,
  type Line,
  labelOn,
  nameBeside,
  type Placed,
  type Point,
  pixelsPerDegree,
  project,
  type Way,
  waysBetween,
} from './world-map-places.js'
import { sized, svg } from './world-map-svg.js'

// About what a label takes in its size, in pixels, with a little room to the next one.
const CHARACTER = 6.2
const ROOM = 6
const LINE = 14

/** Land, cities, and the ways between members with their round trips: what stays while messages travel. */
export class Ground {
  readonly element: HTMLElement = document.createElement('div')
  readonly #land = svg('svg', { class: 'lab-map-land', 'aria-hidden': 'true' })
  readonly #net = svg('svg', { class: 'lab-map-net', role: 'img' })
  #landWidth = 0

  constructor() {
    this.element.className = 'lab-map-ground'
    this.element.append(this.#land, this.#net)
  }

  update(
    members: readonly MemberView[],
    placed: readonly Placed[],
    cuts: Chronicle['cuts'],
    width: number,
    height: number,
    onMap: boolean,
  ): void {
    this.#drawLand(onMap ? width : 0, height)
    sized(this.#net, width, height)
    const passes = (a: number, b: number): boolean =>
      cuts.every(({ sides }) => sides.some((side) => side.includes(a) && side.includes(b)))
    if (onMap) this.#drawWays(members, placed, width, passes)
    else this.#drawCircle(placed, passes)
  }

  /** A thousand dots: only when there is another width. */
  #drawLand(width: number, height: number): void {
    if (width === this.#landWidth) return
    this.#landWidth = width
    sized(this.#land, width, height)
    let dots = ''
    if (width > 0) {
      eachLandDot((longitude, latitude) => {
        const { x, y } = project(longitude, latitude, width)
        if (x > 0 && x < width) dots += `M${x.toFixed(1)} ${y.toFixed(1)}h0`
      })
    }
    const size = 0.62 * LAND_STEP_DEGREES * pixelsPerDegree(width)
    this.#land.replaceChildren(svg('path', { d: dots, 'stroke-width': size.toFixed(2) }))
  }

  #drawWays(
    members: readonly MemberView[],
    placed: readonly Placed[],
    width: number,
    passes: (a: number, b: number) => boolean,
  ): void {
    const inCity = (city: Way['from']): readonly number[] =>
      members.filter((member) => member.city === city).map(({ replica }) => replica)
    const taken = placed.map(discBox)
    const ways = waysBetween(members)
    const lines = ways.map(({ from, to }): Line => [cityPoint(from, width), cityPoint(to, width)])
    const names = cities.map((city) => {
      const text = cityNames[city]
      const point = cityPoint(city, width)
      const own = placed.filter(({ replica }) => inCity(city).includes(replica))
      const at = nameBeside(point, boxOf(text, point), own, taken, lines, width)
      taken.push(at)
      return { text, at }
    })
    const drawn: SVGElement[] = []
    const labels: SVGElement[] = []
    for (const [i, { from, to, roundTripMs }] of ways.entries()) {
      const line = lines[i] as Line
      const isCut = !inCity(from).some((one) => inCity(to).some((other) => passes(one, other)))
      drawn.push(lineBetween(...line, isCut))
      const text = `${Math.round(roundTripMs)} ms`
      const others = lines.filter((other) => other !== line)
      const box = labelOn(line, boxOf(text, line[0]), taken, others)
      if (box === undefined) continue
      taken.push(box)
      labels.push(textAt(text, box, 'lab-map-trip'))
    }
    const pins = cities.map((city) => {
      const { x, y } = cityPoint(city, width)
      return svg('circle', { class: 'lab-map-pin', cx: x, cy: y, r: 3 })
    })
    this.#net.replaceChildren(
      ...drawn,
      ...pins,
      ...labels,
      ...names.map(({ text, at }) => textAt(text, at, 'lab-map-city')),
    )
    const trips = ways.map(({ from, to, roundTripMs }) => `${cityNames[from]} and ${cityNames[to]} ${roundTripMs} ms`)
    this.#net.setAttribute('aria-label', `Map of the world. Round trips: ${trips.join(', ') || 'none'}.`)
  }

  #drawCircle(placed: readonly Placed[], passes: (a: number, b: number) => boolean): void {
    const lines = placed.flatMap((from, i) =>
      placed.slice(i + 1).map((to) => lineBetween(from, to, !passes(from.replica, to.replica))),
    )
    this.#net.replaceChildren(...lines)
    this.#net.setAttribute('aria-label', 'Each replica is as far from every other.')
  }
}

const boxOf = (text: string, { x, y }: Point): Box => ({ x, y, width: text.length * CHARACTER + ROOM, height: LINE })

const discBox = ({ x, y }: Point): Box => ({ x, y, width: DISC, height: DISC })

const lineBetween = (from: Point, to: Point, isCut: boolean): SVGElement =>
  svg('line', {
    class: isCut ? 'lab-map-way lab-map-way-cut' : 'lab-map-way',
    x1: from.x,
    y1: from.y,
    x2: to.x,
    y2: to.y,
  })

const textAt = (text: string, { x, y }: Point, className: string): SVGElement => {
  // From the middle of its box to its baseline.
  const made = svg('text', { class: className, x, y: y + 4 })
  made.textContent = text
  return made
}

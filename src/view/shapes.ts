import type { Led, Look } from './look.js'

/** Lengths in CSS pixels, which are the drawing's units. Cells have their middle at 0, 0. */

/** A cell is wide enough for three digits. */
export const HALF_WIDTH = 12.5
export const HALF_HEIGHT = 11
/** From one column to the next, at least: an arrow fits between two cells. */
export const MIN_PITCH: number = 2 * HALF_WIDTH + 9

/** Below the cell's outline, where its mark is. */
const MARK_TOP = HALF_HEIGHT + 3.5
const MARK_HEIGHT = 2

export interface Point {
  readonly x: number
  readonly y: number
}

const LOOKS: Readonly<Record<Look, string>> = {
  none: circle(3),
  'pre-accepted': circle(9),
  accepted: `M0 ${-HALF_HEIGHT}L${HALF_WIDTH} 0L0 ${HALF_HEIGHT}L${-HALF_WIDTH} 0Z`,
  committed: box(HALF_WIDTH, HALF_HEIGHT, 3),
  executed: box(HALF_WIDTH, HALF_HEIGHT, 7),
  'no-op': `${circle(9)}M-6.4 6.4L6.4 -6.4`,
}

/** A bar for each round trip to a quorum; a dot for a recovery, which takes as many as it takes. */
const MARKS: Readonly<Record<Led, string>> = {
  fast: bar(-6, 12),
  slow: bar(-8, 7) + bar(1, 7),
  recovered: circle(2.5, MARK_TOP + MARK_HEIGHT / 2),
}

export const markOf = (led: Led | undefined): string => (led === undefined ? '' : MARKS[led])

/** The outline of a cell, its mark included. */
export const outlineOf = (look: Look, led: Led | undefined): string => LOOKS[look] + markOf(led)

/** Half as wide as long. */
const ARROW = 5

/** An arrow from one cell's middle to that of one it depends on: past the cells between them where they share a row. */
export const arrow = (from: Point, to: Point): string => {
  const right = Math.sign(to.x - from.x)
  const distance = Math.abs(to.x - from.x)
  if (from.y === to.y && distance < (3 * MIN_PITCH) / 2) {
    const end = to.x - right * HALF_WIDTH
    return `M${from.x + right * HALF_WIDTH} ${from.y}H${end}${head(end, to.y, right, 0)}`
  }
  if (from.y === to.y) {
    const top = from.y - HALF_HEIGHT
    const rise = top - Math.min(22, 6 + distance / 12)
    return `M${from.x} ${top}C${from.x} ${rise} ${to.x} ${rise} ${to.x} ${top}${head(to.x, top, 0, 1)}`
  }
  const down = Math.sign(to.y - from.y)
  const start = from.y + down * HALF_HEIGHT
  const end = to.y - down * HALF_HEIGHT
  const bend = (end - start) / 2
  return `M${from.x} ${start}C${from.x} ${start + bend} ${to.x} ${end - bend} ${to.x} ${end}${head(to.x, end, 0, down)}`
}

/** The two strokes of an arrow's head, whose tip is at x, y. */
const head = (x: number, y: number, right: number, down: number): string => {
  const [backX, backY] = [x - right * ARROW, y - down * ARROW]
  const [sideX, sideY] = [(down * ARROW) / 2, (right * ARROW) / 2]
  return `M${backX - sideX} ${backY - sideY}L${x} ${y}L${backX + sideX} ${backY + sideY}`
}

function circle(radius: number, y = 0): string {
  return `M${-radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`
}

function box(halfWidth: number, halfHeight: number, radius: number): string {
  const [width, height] = [2 * (halfWidth - radius), 2 * (halfHeight - radius)]
  const arc = (x: number, y: number): string => `a${radius} ${radius} 0 0 1 ${x} ${y}`
  return (
    `M${radius - halfWidth} ${-halfHeight}h${width}${arc(radius, radius)}v${height}${arc(-radius, radius)}` +
    `h${-width}${arc(-radius, -radius)}v${-height}${arc(radius, -radius)}Z`
  )
}

function bar(x: number, width: number): string {
  return `M${x} ${MARK_TOP}h${width}v${MARK_HEIGHT}h${-width}Z`
}

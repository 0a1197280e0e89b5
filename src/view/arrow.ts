import { ROW_HEIGHT } from './geometry.js'
import type { CellSize, Point } from './shapes.js'

/** What a line is drawn with: a canvas, a Path2D, or something that writes it down. */
export interface Pen {
  moveTo(x: number, y: number): void
  lineTo(x: number, y: number): void
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void
}

/** Half as wide as long. */
const HEAD = 5

/** Small cells get smaller heads. */
const headOf = ({ halfWidth }: CellSize): number => Math.min(HEAD, 2 + halfWidth / 4)

/**
 * An arrow from one cell's middle to that of one it depends on: past the cells between them where they share a row.
 * @param near what is at most this far away in the same row is next to it
 */
export const drawArrow = (pen: Pen, from: Point, to: Point, size: CellSize, near: number): void => {
  const length = headOf(size)
  const right = Math.sign(to.x - from.x)
  const distance = Math.abs(to.x - from.x)
  if (from.y === to.y && distance <= near) {
    const end = to.x - right * size.halfWidth
    pen.moveTo(from.x + right * size.halfWidth, from.y)
    pen.lineTo(end, to.y)
    drawHead(pen, end, to.y, right * length, 0)
    return
  }
  if (from.y === to.y) {
    const top = from.y - size.halfHeight
    const rise = top - Math.min(22, 6 + distance / 12)
    pen.moveTo(from.x, top)
    pen.bezierCurveTo(from.x, rise, to.x, rise, to.x, top)
    drawHead(pen, to.x, top, 0, length)
    return
  }
  const down = Math.sign(to.y - from.y)
  const start = from.y + down * size.halfHeight
  const end = to.y - down * size.halfHeight
  const bend = (end - start) / 2
  const aside = bowOf(from, to, size)
  pen.moveTo(from.x, start)
  pen.bezierCurveTo(from.x + aside, start + bend, to.x + aside, end - bend, to.x, end)
  drawHead(pen, to.x, end, 0, down * length)
}

/** From a cell to the line that goes past it. */
const BOW_GAP = 4

/** A curve comes as far as this share of the way to where its two inner points are. */
const BOW_SHARE = 0.75

/** How far aside an arrow bends so that it goes past the cells of rows between, where it would run straight through them. */
const bowOf = (from: Point, to: Point, { halfWidth }: CellSize): number =>
  Math.abs(to.y - from.y) > ROW_HEIGHT && Math.abs(to.x - from.x) < halfWidth ? (halfWidth + BOW_GAP) / BOW_SHARE : 0

/** The two strokes of an arrow's head, whose tip is at x, y; its length to the right, or down. */
const drawHead = (pen: Pen, x: number, y: number, right: number, down: number): void => {
  const [backX, backY] = [x - right, y - down]
  const [sideX, sideY] = [down / 2, right / 2]
  pen.moveTo(backX - sideX, backY - sideY)
  pen.lineTo(x, y)
  pen.lineTo(backX + sideX, backY + sideY)
}

/** Along a curve, from the beginning of a dash to that of the next, and how much of that is drawn. */
const DASH_STEP = 6.5
const DASH_SHARE = 0.62

/**
 * Draws curves as dashes, and straight lines whole: they are heads, and what is too short for dashes. A canvas that
 * draws without a graphics processor takes several times as long for dashes of its own.
 */
export class DashingPen implements Pen {
  readonly #pen: Pen
  #x = 0
  #y = 0

  constructor(pen: Pen) {
    this.#pen = pen
  }

  moveTo(x: number, y: number): void {
    this.#x = x
    this.#y = y
    this.#pen.moveTo(x, y)
  }

  lineTo(x: number, y: number): void {
    this.#x = x
    this.#y = y
    this.#pen.lineTo(x, y)
  }

  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void {
    const [x0, y0] = [this.#x, this.#y]
    // Between its ends' distance, and that by way of the points that bend it.
    const way = Math.hypot(x1 - x0, y1 - y0) + Math.hypot(x2 - x1, y2 - y1) + Math.hypot(x - x2, y - y2)
    const dashes = Math.max(1, Math.round((way + Math.hypot(x - x0, y - y0)) / 2 / DASH_STEP))
    for (let dash = 0; dash < dashes; dash++) {
      const [begin, end] = [dash / dashes, (dash + DASH_SHARE) / dashes]
      this.#pen.moveTo(between(x0, x1, x2, x, begin), between(y0, y1, y2, y, begin))
      this.#pen.lineTo(between(x0, x1, x2, x, end), between(y0, y1, y2, y, end))
    }
  }
}

/** A point of a cubic Bézier curve, from 0 at its beginning to 1 at its end. */
const between = (a: number, b: number, c: number, d: number, at: number): number => {
  const rest = 1 - at
  return rest * rest * rest * a + 3 * rest * rest * at * b + 3 * rest * at * at * c + at * at * at * d
}

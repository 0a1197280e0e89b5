import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DashingPen, drawArrow, type Pen } from './arrow.js'
import { FULL_SIZE, type Point } from './shapes.js'

/** Writes down the strokes of what is drawn, each from where to where. */
class Strokes implements Pen {
  readonly strokes: (readonly [from: Point, to: Point])[] = []
  #at: Point = { x: 0, y: 0 }

  moveTo(x: number, y: number): void {
    this.#at = { x, y }
  }

  lineTo(x: number, y: number): void {
    const to = { x, y }
    this.strokes.push([this.#at, to])
    this.#at = to
  }

  bezierCurveTo(_x1: number, _y1: number, _x2: number, _y2: number, x: number, y: number): void {
    this.lineTo(x, y)
  }
}

const drawn = (from: Point, to: Point, dashing = false) => {
  const pen = new Strokes()
  drawArrow(dashing ? new DashingPen(pen) : pen, from, to, FULL_SIZE, 60)
  return pen.strokes
}

const { halfWidth, halfHeight } = FULL_SIZE

it('leads straight to the neighbour, from edge to edge', () => {
  const [line] = drawn({ x: 100, y: 50 }, { x: 60, y: 50 })
  expect(line).toEqual([
    { x: 100 - halfWidth, y: 50 },
    { x: 60 + halfWidth, y: 50 },
  ])
})

it('leads over the cells between two of one row, and through the space between two rows', () => {
  expect(drawn({ x: 200, y: 50 }, { x: 60, y: 50 })[0]).toEqual([
    { x: 200, y: 50 - halfHeight },
    { x: 60, y: 50 - halfHeight },
  ])
  expect(drawn({ x: 200, y: 50 }, { x: 60, y: 124 })[0]).toEqual([
    { x: 200, y: 50 + halfHeight },
    { x: 60, y: 124 - halfHeight },
  ])
  expect(drawn({ x: 60, y: 124 }, { x: 200, y: 50 })[0]).toEqual([
    { x: 60, y: 124 - halfHeight },
    { x: 200, y: 50 + halfHeight },
  ])
})

it('goes past the cells of rows between, not through them', () => {
  const inner: number[] = []
  const pen: Pen = { moveTo: () => {}, lineTo: () => {}, bezierCurveTo: (x1, _y1, x2) => void inner.push(x1, x2) }
  const from = { x: 100, y: 150 }
  drawArrow(pen, from, { x: 100, y: 30 }, FULL_SIZE, 60)
  // In its middle a curve is three quarters of the way to where its inner points are.
  for (const x of inner) expect(100 + (x - 100) * 0.75).toBeGreaterThan(100 + halfWidth)
  drawArrow(pen, from, { x: 100, y: 90 }, FULL_SIZE, 60)
  expect(inner.slice(2)).toEqual([100, 100])
})

const points = fc.record({ x: fc.integer({ min: 0, max: 1200 }), y: fc.constantFrom(37, 111, 185) })

it('has its head where it ends, two strokes that meet there', () => {
  fc.assert(
    fc.property(points, points, (from, to) => {
      const strokes = drawn(from, to)
      expect(strokes).toHaveLength(3)
      const [line, one, other] = strokes
      expect(one?.[1]).toEqual(line?.[1])
      expect(other?.[0]).toEqual(line?.[1])
    }),
  )
})

it('draws a curve as dashes of much the same length that begin where it begins, with gaps between them', () => {
  const from = { x: 200, y: 50 }
  const dashes = drawn(from, { x: 60, y: 124 }, true).slice(0, -2)
  expect(dashes.length).toBeGreaterThan(15)
  expect(dashes[0]?.[0]).toEqual({ x: 200, y: 50 + halfHeight })
  for (const [nth, [begin, end]] of dashes.entries()) {
    const length = Math.hypot(end.x - begin.x, end.y - begin.y)
    expect(length).toBeGreaterThan(1.5)
    expect(length).toBeLessThan(8)
    const next = dashes[nth + 1]?.[0]
    if (next !== undefined) expect(Math.hypot(next.x - end.x, next.y - end.y)).toBeGreaterThan(0.8)
  }
})

it('has a head that points the way it goes, with a stroke on either side', () => {
  const at = { x: 200, y: 124 }
  const ways = [
    [{ x: 160, y: 124 }, -1, 0],
    [{ x: 240, y: 124 }, 1, 0],
    [{ x: 60, y: 124 }, 0, 1],
    [{ x: 200, y: 64 }, 0, -1],
    [{ x: 200, y: 184 }, 0, 1],
  ] as const
  for (const [to, right, down] of ways) {
    const [, one, other] = drawn(at, to)
    if (one === undefined || other === undefined) throw new Error('no head')
    const [[a, tip], [, b]] = [one, other]
    const [x, y] = [tip.x - (a.x + b.x) / 2, tip.y - (a.y + b.y) / 2]
    expect([Math.sign(x), Math.sign(y)]).toEqual([right, down])
    expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeCloseTo(Math.hypot(x, y))
    expect((a.x - b.x) * x + (a.y - b.y) * y).toBeCloseTo(0)
  }
})

it('rises above the row that it goes over, and goes past a cell that it would only touch', () => {
  const inner: Point[] = []
  const bezierCurveTo = (x1: number, y1: number, x2: number, y2: number): void => {
    inner.push({ x: x1, y: y1 }, { x: x2, y: y2 })
  }
  const pen: Pen = { moveTo: () => {}, lineTo: () => {}, bezierCurveTo }
  drawArrow(pen, { x: 200, y: 50 }, { x: 60, y: 50 }, FULL_SIZE, 60)
  for (const { y } of inner.splice(0)) expect(y).toBeLessThan(50 - halfHeight)
  drawArrow(pen, { x: 100, y: 150 }, { x: 105, y: 30 }, FULL_SIZE, 60)
  for (const { x } of inner) expect(x).toBeGreaterThan(100 + halfWidth)
})

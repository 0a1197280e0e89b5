import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cell, rowsOfCells } from './arbitraries.js'
import { cellUnder, geometryOf, pointOf } from './geometry.js'
import { layOut, MAX_COLUMNS } from './layout.js'

const WIDTH = 1206

const rowsOf = (from: number, to: number) => [Array.from({ length: to - from + 1 }, (_, i) => cell(0, from + i, [0]))]

it('draws as many instances as have room at full size, and spreads them over the width', () => {
  const { columns, pitch, numbered } = geometryOf(rowsOf(1, 100), WIDTH, false)
  expect(numbered).toBe(true)
  expect(columns * pitch).toBeCloseTo(WIDTH)
  expect(geometryOf(rowsOf(1, 100), 20, false)).toMatchObject({ columns: 1, numbered: true })
})

it('shrinks cells only where a dense drawing has more than fit, and in few steps while it grows', () => {
  const { columns } = geometryOf([], WIDTH, false)
  expect(geometryOf(rowsOf(1, columns), WIDTH, true)).toMatchObject({ columns, numbered: true })
  const steps = new Set<number>()
  for (let length = 1; length <= 200; length++) steps.add(geometryOf(rowsOf(1, length), WIDTH, true).columns)
  expect(steps.size).toBeLessThanOrEqual(5)
  expect(Math.max(...steps)).toBe(MAX_COLUMNS)
  expect(geometryOf(rowsOf(1, 101), WIDTH, true).numbered).toBe(false)
})

it('keeps no room for older instances that it is not given', () => {
  expect(geometryOf(rowsOf(61, 100), WIDTH, true).columns).toBe(40)
})

it('has five hundred cells of five rows in view in a window of ordinary width', () => {
  const rows = Array.from({ length: 5 }, (_, slot) =>
    Array.from({ length: 100 }, (_, i) => cell(slot, 900 + i, [0, 0, 0, 0, 0])),
  )
  expect(layOut(rows, geometryOf(rows, WIDTH, true).columns).cells).toHaveLength(500)
})

it('never lets cells touch, nor leave the width, whatever there is to draw', () => {
  fc.assert(
    fc.property(rowsOfCells, fc.integer({ min: 40, max: 3000 }), fc.boolean(), (rows, width, dense) => {
      const { columns, pitch, size } = geometryOf(rows, width, dense)
      expect(columns).toBeGreaterThanOrEqual(1)
      expect(columns).toBeLessThanOrEqual(MAX_COLUMNS)
      expect(2 * size.halfWidth).toBeLessThan(pitch)
      expect(size.halfWidth).toBeGreaterThanOrEqual(2)
      expect((columns - 0.5) * pitch + size.halfWidth).toBeLessThanOrEqual(width)
    }),
  )
})

it('finds under a point the cell that is drawn there, also in the middle of a slide, and none between the rows', () => {
  fc.assert(
    fc.property(
      rowsOfCells,
      fc.integer({ min: 40, max: 1500 }),
      fc.boolean(),
      fc.double({ min: 0, max: 1 }),
      (...all) => {
        const [rows, width, dense, shift] = all
        const geometry = geometryOf(rows, width, dense)
        const layout = layOut(rows, geometry.columns)
        const at = layout.firsts.map((first) => first - (Number.isNaN(shift) ? 0 : shift))
        for (const placed of layout.cells) {
          const { slot, number } = placed.cell.instance
          const { x, y } = pointOf(geometry, at, slot, number)
          const { halfWidth, halfHeight } = geometry.size
          expect(cellUnder(layout, geometry, at, { x: x + 0.9 * halfWidth, y: y - 0.9 * halfHeight })).toBe(placed)
          expect(cellUnder(layout, geometry, at, { x, y: y + 37 })).not.toBe(placed)
        }
        expect(cellUnder(layout, geometry, at, { x: 5, y: -1 })).toBeUndefined()
        expect(cellUnder(layout, geometry, at, { x: 5, y: rows.length * 74 + 30 })).toBeUndefined()
      },
    ),
  )
})

it('is pointed at from 8 pixels above a cell to 8 below it, and from the whole width of its column', () => {
  const rows = [[1, 2].map((number) => cell(0, number, [0]))]
  const geometry = geometryOf(rows, WIDTH, false)
  const layout = layOut(rows, geometry.columns)
  const { x, y } = pointOf(geometry, [1], 0, 2)
  const under = (right: number, down: number) => cellUnder(layout, geometry, [1], { x: x + right, y: y + down })?.key
  const { halfHeight } = geometry.size
  expect([-9, -7, 7, 9].map((aside) => under(0, aside + Math.sign(aside) * halfHeight))).toEqual([
    undefined,
    '0.2',
    '0.2',
    undefined,
  ])
  expect([-0.52, -0.48, 0.48].map((part) => under(part * geometry.pitch, 0))).toEqual(['0.1', '0.2', '0.2'])
})

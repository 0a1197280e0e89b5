import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cell, rowsOfCells } from './arbitraries.js'
import { geometryOf } from './geometry.js'
import { linksOf } from './hull.js'
import { layOut } from './layout.js'

it('holds every component together with one link less than it has members', () => {
  fc.assert(
    fc.property(rowsOfCells, (rows) => {
      const geometry = geometryOf(rows, 1200, true)
      for (const component of layOut(rows, geometry.columns).components) {
        const links = linksOf(component, geometry)
        expect(links).toHaveLength(component.length - 1)
        const held = new Set(component.slice(0, 1))
        // Each link leads from what is held already to one more.
        for (const { one, other } of links) {
          expect(held.has(other)).toBe(true)
          expect(held.has(one)).toBe(false)
          held.add(one)
        }
        expect(held).toEqual(new Set(component))
      }
    }),
  )
})

it('is narrow where other cells lie between two members', () => {
  const { cells } = layOut([[1, 2, 3].map((number) => cell(0, number, [0]))], 24)
  const geometry = geometryOf([], 1200, false)
  expect(linksOf(cells.slice(0, 2), geometry).map(({ close }) => close)).toEqual([true])
  expect(
    linksOf(
      cells.slice(0, 3).filter(({ key }) => key !== '0.2'),
      geometry,
    )[0]?.close,
  ).toBe(false)
})

it('goes from each member to the nearest that it holds already, as far as that is on the screen', () => {
  const rows = [[1, 2, 6].map((number) => cell(0, number, [])), [cell(1, 1, [])], [cell(2, 1, [])]]
  const layout = layOut(rows, 24)
  const named = (...keys: readonly string[]) =>
    linksOf(
      keys.flatMap((key) => layout.cells.filter((placed) => placed.key === key)),
      geometryOf([], 1200, false),
    ).map(({ one, other, close }) => [one.key, other.key, close])
  expect(named('0.1', '0.6', '0.2')).toEqual([
    ['0.2', '0.1', true],
    ['0.6', '0.2', false],
  ])
  expect(named('0.1', '0.6', '1.1')[0]).toEqual(['1.1', '0.1', true])
  expect(named('0.1', '2.1')).toEqual([['2.1', '0.1', false]])
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cell, rowsOfCells } from './arbitraries.js'
import { columnsOf, layOut, MAX_COLUMNS } from './layout.js'

const row = (slot: number, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => cell(slot, from + i, undefined))

const columnOf = (layout: ReturnType<typeof layOut>, key: string) => layout.cells.get(key)?.column

it('places rows by number until one has more than fits: that one alone slides', () => {
  const rows = [row(0, 1, 3), row(1, 1, 5), row(2, 90, 100)]
  const layout = layOut(rows, 4)
  expect(layout.firsts).toEqual([1, 2, 97])
  expect([1, 2, 3].map((number) => columnOf(layout, `0.${number}`))).toEqual([0, 1, 2])
  expect([1, 2, 5].map((number) => columnOf(layout, `1.${number}`))).toEqual([undefined, 0, 3])
  expect([96, 97, 100].map((number) => columnOf(layout, `2.${number}`))).toEqual([undefined, 0, 3])
})

it('leaves the column of an instance nobody has told of empty', () => {
  const layout = layOut([[cell(0, 1, undefined), cell(0, 3, undefined)]], 24)
  expect(columnOf(layout, '0.3')).toBe(2)
})

it('draws an edge to the newest dependency in each row, and none to what is out of view', () => {
  const rows = [[cell(0, 7, [6, 3, 0])], row(1, 1, 3), row(2, 1, 2)]
  const edges = layOut(rows, 24).edges
  expect(edges.map(({ key }) => key)).toEqual(['0.7>1.3'])
})

it('tells the edges that another one implies', () => {
  const rows = [[cell(0, 1, [0, 2])], [cell(1, 1, [0, 0]), cell(1, 2, [0, 1]), cell(1, 3, [1, 2])]]
  const edges = layOut(rows, 24).edges
  expect(edges.filter(({ implied }) => implied).map(({ key }) => key)).toEqual(['1.3>1.2'])
  expect(edges.map(({ key }) => key)).toContain('1.3>0.1')
})

it('keeps both edges to a pair that depends on each other: neither implies the other', () => {
  const rows = [[cell(0, 1, [0, 1, 0])], [cell(1, 1, [1, 0, 0])], [cell(2, 1, [1, 1, 0])]]
  const edges = layOut(rows, 24).edges
  expect(edges.filter(({ implied }) => implied)).toEqual([])
  expect(edges).toHaveLength(4)
})

it('draws at most 300 elements, each once, all in their columns, whatever there is', () => {
  fc.assert(
    fc.property(rowsOfCells, fc.integer({ min: -3, max: 40 }), (rows, fitting) => {
      const columns = columnsOf(rows.length, fitting)
      expect(columns).toBeGreaterThanOrEqual(1)
      expect(columns).toBeLessThanOrEqual(MAX_COLUMNS)
      const { cells, edges } = layOut(rows, columns)
      expect(3 * cells.size + edges.length).toBeLessThanOrEqual(300)
      for (const { column } of cells.values()) {
        expect(column).toBeGreaterThanOrEqual(0)
        expect(column).toBeLessThan(columns)
      }
      expect(new Set(edges.map(({ key }) => key)).size).toBe(edges.length)
      for (const { from, to } of edges) {
        expect(from.cell.deps?.[to.cell.instance.slot]).toBe(to.cell.instance.number)
      }
      // Every row's newest instance is in view.
      for (const row of rows) {
        const newest = row.at(-1)
        if (newest !== undefined) expect(cells.has(`${newest.instance.slot}.${newest.instance.number}`)).toBe(true)
      }
    }),
  )
})

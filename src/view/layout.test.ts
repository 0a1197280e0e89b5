import fc from 'fast-check'
import { expect, it } from 'vitest'
import { write } from '../core/index.js'
import { cell, rowsOfCells } from './arbitraries.js'
import type { PlacedEdge } from './edges.js'
import { type Layout, layOut, placedAt, placedBy } from './layout.js'

const row = (slot: number, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => cell(slot, from + i, undefined))

/** Of another key than all others. */
const elsewhere = (slot: number, number: number) => {
  const plain = cell(slot, number, [])
  if (plain.value?.kind !== 'commands') throw new Error('cells write')
  const commands = plain.value.commands.map((command) => ({ ...command, spans: [write('elsewhere')] }))
  return { ...plain, value: { ...plain.value, commands } }
}

const columnOf = (layout: Layout, key: string) => placedBy(layout, key)?.column

const nameOf = ({ from, to }: PlacedEdge) => `${from.key}>${to.key}`

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
  expect(columnOf(layout, '0.2')).toBeUndefined()
  expect(columnOf(layout, '0.3')).toBe(2)
})

it('finds nothing under a key that names no cell in view', () => {
  const layout = layOut([row(0, 1, 9)], 4)
  for (const key of ['0.5', '0.10', '1.1', '-1.1', '0', '', 'a.b']) expect(placedBy(layout, key)).toBeUndefined()
})

it('draws an edge to the newest dependency in each row, and none to what is out of view', () => {
  const rows = [[cell(0, 7, [6, 3, 0])], row(1, 1, 3), row(2, 1, 2)]
  expect(layOut(rows, 24).edges.map(nameOf)).toEqual(['0.7>1.3'])
})

it('tells the edges that another one implies', () => {
  const rows = [[cell(0, 1, [0, 2])], [cell(1, 1, [0, 0]), cell(1, 2, [0, 1]), cell(1, 3, [1, 2])]]
  const edges = layOut(rows, 24).edges
  expect(edges.filter(({ implied }) => implied).map(nameOf)).toEqual(['1.3>1.2'])
  expect(edges.map(nameOf)).toContain('1.3>0.1')
})

it('keeps both edges to a pair that depends on each other: neither implies the other', () => {
  const rows = [[cell(0, 1, [0, 1, 0])], [cell(1, 1, [1, 0, 0])], [cell(2, 1, [1, 1, 0])]]
  const edges = layOut(rows, 24).edges
  expect(edges.filter(({ implied }) => implied)).toEqual([])
  expect(edges).toHaveLength(4)
})

it('tells the edges that a reply has added, in the rows where more was named than was proposed', () => {
  const known = { initDeps: [0, 1, 1] }
  const rows = [[cell(0, 1, [0, 2, 1], known)], row(1, 1, 2), row(2, 1, 1)]
  expect(
    layOut(rows, 24)
      .edges.filter(({ grown }) => grown)
      .map(nameOf),
  ).toEqual(['0.1>1.2'])
  const unknown = [[cell(0, 1, [0, 2, 1], { initDeps: undefined })], row(1, 1, 2), row(2, 1, 1)]
  expect(layOut(unknown, 24).edges.filter(({ grown }) => grown)).toEqual([])
})

it('tells the edges that say little: to what everything depends on, and to what stands for others before it', () => {
  const sweep = { kind: 'sweep', payload: new Uint8Array() } as const
  const rows = [[cell(0, 1, [0, 1, 1, 1])], [cell(1, 1, [], { value: sweep })], [elsewhere(2, 1)], row(3, 1, 1)]
  expect(
    layOut(rows, 24)
      .edges.filter(({ slight }) => slight)
      .map(nameOf),
  ).toEqual(['0.1>1.1', '0.1>2.1'])
})

it('places each cell once, in its column, and the newest of each row in any case', () => {
  fc.assert(
    fc.property(rowsOfCells, fc.integer({ min: 1, max: 70 }), (rows, columns) => {
      const layout = layOut(rows, columns)
      const { cells, edges } = layout
      expect(new Set(cells.map(({ key }) => key)).size).toBe(cells.length)
      for (const placed of cells) {
        const { slot, number } = placed.cell.instance
        expect(placed.column).toBeGreaterThanOrEqual(0)
        expect(placed.column).toBeLessThan(columns)
        expect(placedAt(layout, slot, number)).toBe(placed)
        expect(placedBy(layout, placed.key)).toBe(placed)
      }
      expect(new Set(edges.map(nameOf)).size).toBe(edges.length)
      for (const { from, to } of edges) {
        expect(from.cell.deps?.[to.cell.instance.slot]).toBe(to.cell.instance.number)
      }
      for (const row of rows) {
        const newest = row.at(-1)
        if (newest !== undefined)
          expect(placedAt(layout, newest.instance.slot, newest.instance.number)?.cell).toBe(newest)
      }
    }),
  )
})

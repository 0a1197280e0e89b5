import { expect, it } from 'vitest'
import { cell } from './arbitraries.js'
import type { GridContent } from './grid-content.js'
import { sameContent } from './same-content.js'

const content = (): GridContent => ({
  rows: [[cell(0, 1, [0, 0]), cell(0, 2, [1, 0])], []],
  voters: ['a', 'b'],
  self: 'a',
  asides: ['here', ''],
})

it('takes two of the same cells and names for the same, whoever made them', () => {
  const { rows, ...rest } = content()
  const copied = rows.map((row) => row.map((each) => ({ ...each, deps: [...(each.deps ?? [])] })))
  expect(sameContent({ ...rest, rows }, { ...rest, rows: copied })).toBe(true)
})

it.each<[string, Partial<GridContent>]>([
  ['another voter', { voters: ['a', 'c'] }],
  ['nobody of its own', { self: undefined }],
  ['other names', { names: ['R0', 'R1'] }],
  ['another word below a name', { asides: ['here', 'down'] }],
  ['a row less', { rows: [[]] }],
])('tells apart what has %s', (_, other) => {
  const one = content()
  expect(sameContent(one, { ...one, ...other })).toBe(false)
  expect(sameContent({ ...one, ...other }, one)).toBe(false)
})

it('tells apart rows that have gone on, by a cell or by what became of it', () => {
  const one = content()
  const [row = []] = one.rows
  const [first, second] = row
  if (first === undefined || second === undefined) throw new Error('two cells')
  const moved = { ...second, instance: { slot: 0, number: 3 } }
  for (const other of [[...row, cell(0, 3, [2, 0])], [first], [first, moved], [first, { ...second, position: 1 }]]) {
    expect(sameContent(one, { ...one, rows: [other, []] })).toBe(false)
  }
})

import { expect, it } from 'vitest'
import { cell } from './arbitraries.js'
import { layOut } from './layout.js'

const impliedIn = (rows: Parameters<typeof layOut>[0]) =>
  layOut(rows, 9).edges.map(({ from, to, implied }) => `${from.key}>${to.key}${implied ? ' implied' : ''}`)

it('says anew what an edge says once another dependency of its cell has grown', () => {
  const last = cell(2, 1, [1, 1, 0])
  const first = cell(0, 1, [])
  expect(impliedIn([[first], [cell(1, 1, [])], [last]])).toEqual(['2.1>0.1', '2.1>1.1'])
  expect(impliedIn([[first], [cell(1, 1, [1, 0, 0])], [last]])).toEqual(['1.1>0.1', '2.1>0.1 implied', '2.1>1.1'])
})

it('leads to what is placed now, of the same cells, too', () => {
  const last = cell(1, 1, [2, 0])
  const row = [cell(0, 1, []), cell(0, 2, [])]
  const toOf = (rows: Parameters<typeof layOut>[0], columns: number) =>
    layOut(rows, columns).edges.map(({ to }) => [to.key, to.column])
  expect(toOf([row, [last]], 9)).toEqual([['0.2', 1]])
  expect(toOf([row, [last]], 1)).toEqual([['0.2', 0]])
  expect(toOf([[], [last]], 9)).toEqual([])
})

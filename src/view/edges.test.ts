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

it('says no more that an edge is implied once what implied it is out of view', () => {
  const [first, last] = [cell(0, 1, []), cell(2, 1, [1, 1, 0])]
  const implying = cell(1, 1, [1, 0, 0])
  expect(impliedIn([[first], [implying], [last]])).toContain('2.1>0.1 implied')
  expect(impliedIn([[first], [], [last]])).toEqual(['2.1>0.1'])
})

it('takes no edge for slight where it is not known what one of the two is', () => {
  const unknown = { value: undefined }
  const slightIn = (from: typeof unknown | object, to: typeof unknown | object) =>
    layOut([[cell(0, 1, [0, 1], from)], [cell(1, 1, [], to)]], 9).edges.map(({ slight }) => slight)
  expect(slightIn(unknown, {})).toEqual([false])
  expect(slightIn({}, unknown)).toEqual([false])
})

it('has no reply to thank for an edge to what is older than what was proposed', () => {
  const from = cell(0, 1, [0, 1], { initDeps: [0, 2] })
  const { edges } = layOut([[from], [cell(1, 1, []), cell(1, 2, [])]], 9)
  expect(edges.map(({ to, grown }) => [to.key, grown])).toEqual([['1.1', false]])
})

import { expect, it } from 'vitest'
import { cell } from './arbitraries.js'
import { layOut } from './layout.js'
import { Turns } from './turns.js'

const others = [1, 2, 3, 4].map((number) => cell(1, number, [0, 0]))
const knowing = (dep: number) => layOut([[cell(0, 1, [0, dep], { initDeps: [0, 2] })], others], 24)

const endAt = (turns: Turns, dep: number, nowMs: number): number => {
  const [edge] = knowing(dep).edges
  if (edge === undefined) throw new Error('no edge')
  return turns.endOf(edge, nowMs)
}

it('turns an edge from what it led to before to what a reply has named', () => {
  const turns = new Turns()
  turns.begin(knowing(2), knowing(4), 1000)
  const ends = [1000, 1060, 1125, 1190, 1250].map((ms) => endAt(turns, 4, ms))
  expect(ends[0]).toBe(2)
  expect(ends[2]).toBe(3)
  expect(ends[4]).toBe(4)
  expect(ends).toEqual(ends.toSorted((a, b) => a - b))
  // Slow at both ends: behind a steady turn at first, ahead of it at last.
  expect(ends[1]).toBeLessThan(2.4)
  expect(ends[3]).toBeGreaterThan(3.6)
  expect(turns.step(1249)).toBe(true)
  expect(turns.step(1250)).toBe(false)
})

it('goes on from where it is when it turns again', () => {
  const turns = new Turns()
  turns.begin(knowing(2), knowing(3), 0)
  turns.begin(knowing(3), knowing(4), 125)
  expect(endAt(turns, 4, 125)).toBe(2.5)
  expect(endAt(turns, 4, 375)).toBe(4)
})

it('comes from the left end of the row where nothing of it was named before', () => {
  const turns = new Turns()
  turns.begin(knowing(0), knowing(2), 0)
  expect(endAt(turns, 2, 0)).toBe(0)
})

it('rests where it leads, and where it led to, in frames that are late, or older than the reply', () => {
  const turns = new Turns()
  turns.begin(knowing(2), knowing(4), 1000)
  expect(endAt(turns, 4, 990)).toBe(2)
  expect(endAt(turns, 4, 9000)).toBe(4)
})

it('turns in a row that has slid by the numbers there, from beside the first that is in view', () => {
  const turns = new Turns()
  const later = Array.from({ length: 9 }, (_, i) => cell(1, i + 1, [0, 0]))
  const slid = (dep: number) => layOut([[cell(0, 7, [0, dep])], later], 3)
  const [edge] = slid(8).edges
  if (edge === undefined) throw new Error('no edge')
  turns.begin(slid(2), slid(8), 0)
  expect(turns.endOf(edge, 0)).toBe(6)
})

it('turns no other edge: not that of the cell into another row, nor that of another cell', () => {
  const turns = new Turns()
  const around = (dep: number) =>
    layOut([[cell(0, 1, [0, dep, 1])], [cell(1, 1, [1, 0, 1]), ...others.slice(1)], [cell(2, 1, [])]], 24)
  turns.begin(around(2), around(4), 0)
  const ends = around(4).edges.map((edge) => [edge.from.key, edge.to.key, turns.endOf(edge, 0)])
  expect(ends).toEqual([
    ['0.1', '1.4', 2],
    ['0.1', '2.1', 1],
    ['1.1', '0.1', 1],
    ['1.1', '2.1', 1],
  ])
})

it('has nothing to do where a newer dependency is out of view', () => {
  const turns = new Turns()
  turns.begin(knowing(2), knowing(9), 0)
  expect(turns.step(0)).toBe(false)
})

it('does not turn what is new, what is the same, or what goes back with the time that is looked at', () => {
  const turns = new Turns()
  turns.begin(layOut([[], []], 24), knowing(3), 0)
  turns.begin(knowing(3), knowing(3), 0)
  turns.begin(knowing(4), knowing(3), 0)
  expect(turns.step(0)).toBe(false)
  expect(endAt(turns, 3, 0)).toBe(3)
})

it('leads where it leads at once when it is stopped', () => {
  const turns = new Turns()
  turns.begin(knowing(2), knowing(4), 0)
  turns.stop()
  expect(endAt(turns, 4, 0)).toBe(4)
})

import type { Deed } from 'epaxos/sim'
import { expect, it } from 'vitest'
import { pointsOf } from './numbers-points.js'

const deed = (replica: number, proposedMs: number, committedMs?: number, executedMs?: number): Deed => ({
  name: 'x',
  replica,
  spans: [],
  proposedMs,
  epoch: 0,
  instance: undefined,
  committedMs,
  executedMs,
  path: undefined,
  refused: undefined,
})

const here = [deed(0, 0, 40, 50), deed(1, 1000, 1080, 1200), deed(0, 2000)]
const led = [deed(0, 0, 90, 90), deed(1, 1000, 1010, 1010), deed(0, 2000, 2090, 2090)]
const all = { until: 'commit', replica: undefined, atMs: 5000 } as const

it('commands stand in the order of their times, with and without a leader', () => {
  expect(pointsOf(here, led, all)).toEqual([
    [0, 0, 1, 1, 2],
    [40, null, 80, null, null],
    [null, 90, null, 10, 90],
  ])
  expect(pointsOf([], led, all)[2]).toEqual([90, 10, 90])
  expect(pointsOf(here, [], all)[1]).toEqual([40, 80])
})

it('only what was done by then is shown, of the replica that was chosen', () => {
  expect(pointsOf(here, led, { ...all, atMs: 60 })).toEqual([[0], [40], [null]])
  expect(pointsOf(here, [], { ...all, atMs: 40 })[1]).toEqual([40])
  expect(pointsOf(here, [], { ...all, atMs: 39 })[1]).toEqual([])
  expect(pointsOf(here, led, { ...all, replica: 1 })).toEqual([
    [1, 1],
    [80, null],
    [null, 10],
  ])
  expect(pointsOf(here, led, { ...all, until: 'execution', replica: 1 })[1]).toEqual([200, null])
})

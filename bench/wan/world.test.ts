import { expect, it } from 'vitest'
import { ledCourse } from './leader.js'
import type { Load } from './load.js'
import { five, optimumMs, three } from './places.js'
import { summaryOf } from './summary.js'
import { courseOf } from './world.js'

const load: Load = { seed: 1, places: five, clients: 1, interference: 0, writeMs: 0, runMs: 4000, warmMs: 1000 }

it('the optimum is the way to the farthest of the nearest fast quorum and back, and three writes', () => {
  expect(three.map((_, slot) => optimumMs(three, slot, 0))).toEqual([72.2, 72.2, 78.6])
  expect(five.map((_, slot) => optimumMs(five, slot, 0))).toEqual([175.7, 78.6, 135.9, 173.2, 135.9])
  expect(optimumMs(five, 0, 2)).toBeCloseTo(181.7)
})

it.each([0, 2])('where nothing interferes, and a write takes %i ms, every place is at its optimum', (writeMs) => {
  const { sites, fast, failures } = summaryOf(courseOf({ ...load, writeMs }), five.length)
  for (const [slot, { commit, execute }] of sites.entries()) {
    const optimum = optimumMs(five, slot, writeMs)
    for (const each of [commit, execute]) {
      expect(each.p50).toBeCloseTo(optimum)
      expect(each.p99).toBeCloseTo(optimum)
    }
  }
  expect(fast).toBe(100)
  expect(failures).toEqual([])
})

it('where all interferes no command is executed before it is committed, and all voters execute the same', () => {
  const { taken, lag, failures } = courseOf({ ...load, clients: 3, interference: 100 })
  expect(taken.length).toBeGreaterThan(0)
  expect(taken.filter(({ commitMs, executeMs }) => !(executeMs >= commitMs))).toEqual([])
  expect(Math.max(...lag)).toBeGreaterThan(1)
  expect(failures).toEqual([])
})

it('the same load gives the same course, another seed another one', () => {
  const mixed = { ...load, interference: 20 }
  expect(courseOf(mixed)).toEqual(courseOf(mixed))
  expect(courseOf(mixed)).not.toEqual(courseOf({ ...mixed, seed: 2 }))
})

it('a log that is led from Canada costs the way to there and back, and that from there to a majority', () => {
  const { leader, sites, failures } = ledCourse({ ...load, places: three })
  expect(leader).toBe(0)
  expect(sites.map(({ execute }) => execute.p50)).toEqual([72.2, 144.4, 150.8].map((ms) => expect.closeTo(ms, 2)))
  expect(failures).toEqual([])
})

import { expect, test } from 'vitest'
import { droppedShareOf, figuresOf } from './figures.js'

test('frames that come in time are all there; one that takes three times as long has dropped two', () => {
  expect(droppedShareOf([16.7, 16.6, 16.7])).toBe(0)
  expect(droppedShareOf([16.7, 50, 16.7])).toBeCloseTo(2 / 5)
})

test('frames of a faster screen are not more than were due', () => {
  expect(droppedShareOf([8.3, 8.3, 8.3])).toBe(0)
})

test('of a page that was drawn not even twice nothing can be said', () => {
  expect(droppedShareOf([])).toBeNaN()
})

test('rates of the tabs are added, each over its own time; costs are of one tab, for the commands of all', () => {
  const round = {
    answers: [
      { ms: 1000, answered: 300 },
      { ms: 2000, answered: 700 },
    ],
    frames: [],
    mainThreads: [0.2, 0.4],
    scripts: [0.1, 0.1],
    browser: 2,
  }
  const figures = figuresOf(round)
  expect(figures.perSecond).toBeCloseTo(650)
  expect(figures.mainThreadMicros).toBeCloseTo(300)
  expect(figures.scriptMicros).toBeCloseTo(100)
  expect(figures.browserMicros).toBeCloseTo(2000)
  expect(figures.mainThreadShare).toBeCloseTo(0.2)
})

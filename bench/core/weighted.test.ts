import { expect, it } from 'vitest'
import { weightedPercentile } from './weighted.js'

it('counts a value as often as it was seen', () => {
  const seen = [
    { value: 9, weight: 1 },
    { value: 1, weight: 98 },
    { value: 5, weight: 1 },
  ]
  expect([0.5, 0.98, 0.99, 1].map((share) => weightedPercentile(seen, share))).toEqual([1, 1, 5, 9])
})

it('knows nothing of what was never seen', () => {
  expect(weightedPercentile([], 0.5)).toBeNaN()
})

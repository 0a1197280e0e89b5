import { describe, expect, it } from 'vitest'
import { median, percentile, slope } from './statistics.js'

describe('the median', () => {
  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
    [[10, 9, 100], 10],
    [[7], 7],
    [[], Number.NaN],
  ])('of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })
})

describe('a percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)
  it.each([
    [hundred, 0.5, 50],
    [hundred, 0.99, 99],
    [hundred, 1, 100],
    [hundred, 0, 1],
    [[5], 0.99, 5],
    [[], 0.5, Number.NaN],
  ])('is a value that was there: of %j at %d it is %d', (values, share, expected) => {
    expect(percentile(values, share)).toBe(expected)
  })
})

describe('the slope', () => {
  const at = (...ys: readonly number[]) => ys.map((y, x) => ({ x: 10 + x, y }))
  it('of points on a line is that of the line', () => {
    expect(slope(at(5, 7, 9, 11))).toBeCloseTo(2)
    expect(slope(at(4, 3.5, 3))).toBeCloseTo(-0.5)
    expect(slope(at(6, 6, 6))).toBe(0)
  })

  it('of whole teeth of a saw is nearly none, and of a saw that climbs, its climb', () => {
    const tooth = (x: number): number => x % 10
    const xs = Array.from({ length: 1000 }, (_, x) => x)
    expect(slope(xs.map((x) => ({ x, y: tooth(x) })))).toBeCloseTo(0, 3)
    expect(slope(xs.map((x) => ({ x, y: tooth(x) + x / 4 })))).toBeCloseTo(0.25, 3)
  })

  it('of a single point is not a number', () => {
    expect(slope(at(1))).toBeNaN()
  })
})

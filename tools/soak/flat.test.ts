import { describe, expect, it } from 'vitest'
import { type Gauge, judge } from './flat.js'

/** Nine minutes, looked at every ten seconds. */
const gauge = (at: (second: number) => number, tooth = 100): Gauge => ({
  name: 'instances',
  show: String,
  tooth,
  points: Array.from({ length: 54 }, (_, i) => ({ x: i / 6, y: at(i * 10) })),
})

describe('a gauge is flat', () => {
  it.each<[string, Gauge]>([
    ['that always shows the same', gauge(() => 1000)],
    ['that is cleared away again and again', gauge((s) => 1000 + (s % 130), 130)],
    ['that shrinks', gauge((s) => 1000 - s)],
    ['that drifts by less than a tenth', gauge((s) => 10_000 + s)],
  ])('%s', (_, looked) => {
    expect(judge(looked).flat).toBe(true)
  })
})

describe('a gauge is not flat', () => {
  it.each<[string, Gauge]>([
    ['that grows by more than a tenth, and a tooth', gauge((s) => 1000 + s)],
    ['that is cleared away, but never quite', gauge((s) => 1000 + (s % 130) + s / 2, 130)],
    ['that nobody has looked at twice', { ...gauge(() => 1), points: [{ x: 0, y: 1 }] }],
  ])('%s', (_, looked) => {
    expect(judge(looked).flat).toBe(false)
  })
})

it('says how much it rises in all, and how much it may', () => {
  const { rise, allowed } = judge(gauge((s) => 5000 + s))
  expect(rise).toBeCloseTo(530)
  expect(allowed).toBeCloseTo(526.5)
})

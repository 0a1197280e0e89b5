import { expect, it } from 'vitest'
import { seededRandom } from './seeded.js'

it('a seed gives the numbers that mulberry32 gives everywhere, and another seed others', () => {
  const random = seededRandom(1)
  const numbers = [random(), random(), random()].map((number) => Math.round(number * 2 ** 32))
  expect(numbers).toEqual([2_693_262_067, 11_749_833, 2_265_367_787])
  expect(seededRandom(1)()).toBe(seededRandom(1)())
  expect(seededRandom(2)()).not.toBe(seededRandom(1)())
})

it('numbers are spread over [0, 1)', () => {
  const random = seededRandom(0xffff_ffff)
  const tenths = new Array<number>(10).fill(0)
  for (let i = 0; i < 10_000; i++) {
    const tenth = Math.floor(random() * 10)
    tenths[tenth] = (tenths[tenth] ?? 0) + 1
  }
  expect(tenths).toHaveLength(10)
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150)
})

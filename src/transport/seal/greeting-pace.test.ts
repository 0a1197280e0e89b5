import { expect, test } from 'vitest'
import { GreetingPace } from './greeting-pace.js'

test('hellos come every second at first, then less and less often, and every second again once one was answered', () => {
  const pace = new GreetingPace()
  const atSeconds: number[] = []
  for (let second = 0; second <= 200; second++) {
    if (!pace.isDue(1000 * second)) continue
    pace.greeted(1000 * second)
    atSeconds.push(second)
  }
  expect(atSeconds).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 24, 40, 72, 132, 192])
  pace.answered()
  pace.greeted(300_000)
  expect([pace.isDue(300_999), pace.isDue(301_000)]).toEqual([false, true])
  pace.greeted(301_000)
  pace.reset()
  expect(pace.isDue(301_000)).toBe(true)
})

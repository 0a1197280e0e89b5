import { expect, test, vi } from 'vitest'
import { Late } from '../transport/index.js'
import { ManualClock } from '../transport/manual-clock.js'
import { eventually } from './eventually.js'

/** A part that can't be had so many times. */
const after = (failures: number): { readonly late: Late<string>; readonly asked: () => number } => {
  let asked = 0
  const late = new Late('drawing', async () => {
    asked++
    if (asked <= failures) throw new TypeError('offline')
    return 'the part'
  })
  return { late, asked: () => asked }
}

/** What is under way by promises alone has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a part that is here is handed over at once', async () => {
  const { late } = after(0)
  await late.load()
  const take = vi.fn()
  eventually(late, new ManualClock(), take)
  expect(take).toHaveBeenCalledExactlyOnceWith('the part')
})

test('a part that can’t be had is asked for every five seconds, and handed over once', async () => {
  const { late, asked } = after(2)
  const clock = new ManualClock()
  const take = vi.fn()
  eventually(late, clock, take)
  await settled()
  clock.advance(4999)
  await settled()
  expect(asked()).toBe(1)
  for (let n = 0; n < 4; n++) {
    clock.advance(5000)
    await settled()
  }
  expect(asked()).toBe(3)
  expect(take).toHaveBeenCalledExactlyOnceWith('the part')
})

test.each([0, 1])('who gives up after %i failures is handed nothing, and asks no more', async (failures) => {
  const { late, asked } = after(failures)
  const clock = new ManualClock()
  const take = vi.fn()
  const giveUp = eventually(late, clock, take)
  if (failures > 0) await settled()
  giveUp()
  await settled()
  clock.advance(60_000)
  await settled()
  expect(take).not.toHaveBeenCalled()
  expect(asked()).toBe(1)
  expect(clock.armed).toBe(0)
})

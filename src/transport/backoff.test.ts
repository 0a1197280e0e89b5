import { afterEach, expect, test, vi } from 'vitest'
import { Backoff } from './backoff.js'

afterEach(() => {
  vi.unstubAllGlobals()
})

const delays = { firstMs: 100, longestMs: 500 }

test('delays double up to the longest, and start over after a reset', () => {
  const backoff = new Backoff(delays, () => 1)
  expect([1, 2, 3, 4, 5].map(() => backoff.nextMs())).toEqual([100, 200, 400, 500, 500])
  backoff.reset()
  expect(backoff.nextMs()).toBe(100)
})

test('jitter takes away at most half', () => {
  const backoff = new Backoff(delays, () => 0)
  expect([backoff.nextMs(), backoff.nextMs()]).toEqual([50, 100])
})

test('after a thousand attempts the delay is still the longest', () => {
  const backoff = new Backoff(delays, () => 1)
  for (let attempt = 0; attempt < 2000; attempt++) backoff.nextMs()
  expect(backoff.nextMs()).toBe(500)
})

test('while nobody sees the page every delay is four times as long', () => {
  const backoff = new Backoff(delays, () => 1)
  const document = { visibilityState: 'hidden' }
  vi.stubGlobal('document', document)
  expect([1, 2, 3, 4].map(() => backoff.nextMs())).toEqual([400, 800, 1600, 2000])
  document.visibilityState = 'visible'
  expect(backoff.nextMs()).toBe(500)
})

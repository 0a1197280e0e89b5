import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Pace } from './pace.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const counted = (): { readonly pace: Pace; readonly times: number[] } => {
  const times: number[] = []
  const startMs = performance.now()
  return { pace: new Pace(250, () => times.push(performance.now() - startMs)), times }
}

it('does at once what has not been done for a while', () => {
  const { pace, times } = counted()
  pace.ask()
  vi.advanceTimersByTime(400)
  pace.ask()
  expect(times).toEqual([0, 400])
})

it('does what is asked for without end four times a second, and once more after the last time', () => {
  const { pace, times } = counted()
  for (let frame = 0; frame < 60; frame++) {
    pace.ask()
    vi.advanceTimersByTime(10)
  }
  vi.advanceTimersByTime(1000)
  expect(times).toEqual([0, 250, 500, 750])
})

it('has nothing left to do after it was done without waiting, or stopped', () => {
  const { pace, times } = counted()
  pace.ask()
  vi.advanceTimersByTime(100)
  pace.ask()
  pace.now()
  vi.advanceTimersByTime(1000)
  expect(times).toEqual([0, 100])
  pace.ask()
  pace.ask()
  pace.stop()
  vi.advanceTimersByTime(1000)
  expect(times).toEqual([0, 100, 1100])
})

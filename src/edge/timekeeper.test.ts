import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Timekeeper } from './timekeeper.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('timers run once, in the order in which they are due, and not when they are cancelled', () => {
  const time = new Timekeeper()
  const ran: string[] = []
  time.after(300, () => ran.push('late'))
  time.after(100, () => ran.push('early'))
  const cancel = time.after(200, () => ran.push('cancelled'))
  cancel()
  vi.advanceTimersByTime(1000)
  expect(ran).toEqual(['early', 'late'])
})

test('one that ran may cancel another one that is due, and start one', () => {
  const time = new Timekeeper()
  const ran: string[] = []
  time.after(100, () => {
    cancel()
    time.after(100, () => ran.push('started'))
  })
  const cancel = time.after(100, () => ran.push('cancelled'))
  vi.advanceTimersByTime(1000)
  expect(ran).toEqual(['started'])
})

test('a ticker ticks until it is ended', () => {
  const time = new Timekeeper()
  let ticks = 0
  const end = time.startTicker(() => ticks++)
  vi.advanceTimersByTime(1000)
  expect(ticks).toBe(20)
  end()
  vi.advanceTimersByTime(1000)
  expect(ticks).toBe(20)
})

test('while it rests the platform has no timer of it, and when it wakes all goes on', () => {
  const time = new Timekeeper()
  const ran: string[] = []
  time.startTicker(() => ran.push('tick'))
  time.after(100, () => ran.push('due'))
  time.rest()
  expect(vi.getTimerCount()).toBe(0)
  time.after(50, () => ran.push('later'))
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(10_000)
  expect(ran).toEqual([])
  time.wake()
  vi.advanceTimersByTime(50)
  expect(ran).toEqual(['later', 'due', 'tick'])
})

test('one without timers asks the platform for none', () => {
  const time = new Timekeeper()
  time.startTicker(() => {})()
  time.after(10, () => {})()
  expect(vi.getTimerCount()).toBe(0)
})

test('its time is never set back, and goes on when the clock was', () => {
  vi.setSystemTime(1000)
  const time = new Timekeeper()
  vi.setSystemTime(5000)
  expect(time.nowMs()).toBe(5000)
  vi.setSystemTime(4000)
  expect(time.nowMs()).toBe(5000)
  let ran = false
  time.after(500, () => {
    ran = true
  })
  vi.advanceTimersByTime(500)
  expect([time.nowMs(), ran]).toEqual([5500, true])
})

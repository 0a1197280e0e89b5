import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { DRAW_MS, Pace } from './pace.js'

/** What the page would draw in its next frame: none while it is hidden. */
let frames: (() => void)[] = []
const nextFrame = (): void => {
  for (const draw of frames.splice(0)) draw()
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  vi.stubGlobal('requestAnimationFrame', (draw: () => void) => frames.push(draw))
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => {
    frames[frame - 1] = () => {}
  })
})
afterEach(() => {
  frames = []
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

it('draws in the next frame what was asked for first, and all that is asked for soon after in one go', () => {
  const draw = vi.fn()
  const pace = new Pace(draw)
  pace.ask()
  pace.ask()
  vi.advanceTimersByTime(0)
  nextFrame()
  expect(draw).toHaveBeenCalledTimes(1)
  for (let i = 0; i < 5; i++) pace.ask()
  vi.advanceTimersByTime(DRAW_MS - 1)
  nextFrame()
  expect(draw).toHaveBeenCalledTimes(1)
  vi.advanceTimersByTime(1)
  nextFrame()
  expect(draw).toHaveBeenCalledTimes(2)
})

it('draws nothing while the page has no frames, and once when it has', () => {
  const draw = vi.fn()
  const pace = new Pace(draw)
  for (let i = 0; i < 50; i++) {
    pace.ask()
    vi.advanceTimersByTime(DRAW_MS)
  }
  expect(draw).not.toHaveBeenCalled()
  nextFrame()
  expect(draw).toHaveBeenCalledTimes(1)
})

it('once stopped draws nothing that was asked for before', () => {
  const draw = vi.fn()
  const pace = new Pace(draw)
  pace.ask()
  pace.stop()
  vi.advanceTimersByTime(DRAW_MS)
  nextFrame()
  pace.ask()
  vi.advanceTimersByTime(DRAW_MS)
  pace.stop()
  nextFrame()
  expect(draw).not.toHaveBeenCalled()
})

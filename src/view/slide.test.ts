import { expect, it } from 'vitest'
import { Slide } from './slide.js'

const FRAME_MS = 1000 / 60

const framesUntilThere = (slide: Slide): number => {
  for (let frame = 0; frame < 1000; frame++) if (!slide.step(frame * FRAME_MS)) return frame
  return Number.POSITIVE_INFINITY
}

it('moves a row by one column over several frames, always onwards, and is there before a quarter of a second', () => {
  const slide = new Slide()
  slide.to([1, 7], false)
  slide.to([2, 7], false)
  const seen: number[] = []
  for (let frame = 0; slide.step(frame * FRAME_MS); frame++) seen.push(slide.at[0] as number)
  expect(seen.length).toBeGreaterThan(3)
  expect(seen.length * FRAME_MS).toBeLessThan(250)
  expect(seen).toEqual(seen.toSorted((a, b) => a - b))
  expect(slide.at).toEqual([2, 7])
})

it('jumps where a row is far behind, goes back, is new, or nothing may move', () => {
  const slide = new Slide()
  slide.to([1, 20, 3], false)
  expect(slide.at).toEqual([1, 20, 3])
  slide.to([5, 19, 3, 9], false)
  expect(slide.at).toEqual([5, 19, 3, 9])
  slide.to([6, 19, 3, 9], true)
  expect(slide.at).toEqual([6, 19, 3, 9])
  expect(framesUntilThere(slide)).toBe(0)
})

it('is there at once after a pause as long as that of a hidden tab', () => {
  const slide = new Slide()
  slide.to([1], false)
  slide.to([2], false)
  slide.step(0)
  slide.step(60_000)
  slide.step(60_016)
  expect(slide.at).toEqual([2])
})

it('jumps where it would have two columns to go, and never goes back for a frame that is older', () => {
  const slide = new Slide()
  slide.to([1, 1], false)
  slide.to([3, 2], false)
  expect(slide.at).toEqual([3, 1])
  for (const ms of [1000, 1016, 900]) slide.step(ms)
  expect(slide.at[1]).toBeGreaterThan(1)
  slide.to([3], false)
  expect(slide.at).toEqual([3])
})

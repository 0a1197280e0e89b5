import fc from 'fast-check'
import { expect, it } from 'vitest'
import { heightOf, laneY, onPixels, scaleOf, ticksOf, trackY, xOf } from './lane-scale.js'

const positions = fc.double({ min: 0, max: 600_000, noNaN: true })
const windows = fc.double({ min: 1, max: 20_000, noNaN: true })

it('shows the beginning until the position is at three quarters of the width, and keeps it there from then on', () => {
  expect(xOf(scaleOf(0, 400, 100, 500), 0)).toBe(126)
  expect(xOf(scaleOf(150, 400, 100, 500), 0)).toBe(126)
  expect(xOf(scaleOf(150, 400, 100, 500), 150)).toBe(276)
  expect(xOf(scaleOf(300, 400, 100, 500), 300)).toBe(400)
  expect(xOf(scaleOf(123_456, 400, 100, 500), 123_456)).toBeCloseTo(400)
})

it('begins at a whole device pixel, less than one away', () => {
  fc.assert(
    fc.property(positions, windows, fc.constantFrom(1, 1.25, 2, 3), (positionMs, windowMs, ratio) => {
      const scale = scaleOf(positionMs, windowMs, 96, 900)
      const whole = onPixels(scale, ratio)
      const pixels = (whole.fromMs / whole.msPerPixel) * ratio
      expect(Math.abs(pixels - Math.round(pixels))).toBeLessThan(1e-5)
      expect(Math.abs(xOf(whole, positionMs) - xOf(scale, positionMs))).toBeLessThanOrEqual(0.5 / ratio + 1e-6)
      expect(whole.msPerPixel).toBe(scale.msPerPixel)
    }),
  )
})

it('names moments that are round and far enough apart for their words, in every window', () => {
  fc.assert(
    fc.property(positions, windows, (positionMs, windowMs) => {
      const scale = scaleOf(positionMs, windowMs, 66, 354)
      const ticks = ticksOf(scale)
      expect(ticks.length).toBeLessThanOrEqual(5)
      expect(ticks[0]).toBeGreaterThanOrEqual(0)
      for (const [i, ms] of ticks.entries()) {
        expect(xOf(scale, ms)).toBeGreaterThanOrEqual(66 - 1e-6)
        expect(xOf(scale, ms)).toBeLessThanOrEqual(354 + 1e-6)
        const before = ticks[i - 1]
        if (before !== undefined) expect(xOf(scale, ms) - xOf(scale, before)).toBeGreaterThan(71)
      }
    }),
  )
})

it('keeps the marks of one lane away from those of the next, however many there are', () => {
  for (let lanes = 1; lanes <= 16; lanes++) {
    for (let lane = 0; lane + 1 < lanes; lane++) {
      // A pill is 7 high to each side; a name ends 17 above its mark.
      expect(trackY('executed', lane, lanes) + 7).toBeLessThanOrEqual(trackY('above', lane + 1, lanes) - 15)
    }
    expect(trackY('above', 0, lanes) - 16).toBeGreaterThanOrEqual(0)
    expect(heightOf(lanes)).toBeGreaterThan(laneY(lanes - 1, lanes))
  }
})

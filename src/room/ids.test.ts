import { expect, it } from 'vitest'
import { randomId, randomUnit } from './ids.js'

it('names that are made in a row are of 32 hex digits, and no two of them alike', () => {
  // More than are asked for at once.
  const ids = Array.from({ length: 1000 }, randomId)
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(1000)
  // Nor does one begin as another ends.
  expect(new Set(ids.flatMap((id) => [id.slice(0, 16), id.slice(16)])).size).toBe(2000)
})

it('numbers lie in [0, 1), in each tenth of it as many as in the others, or nearly', () => {
  const tenths = new Array<number>(10).fill(0)
  for (let i = 0; i < 10_000; i++) {
    const unit = randomUnit()
    expect(unit).toBeGreaterThanOrEqual(0)
    expect(unit).toBeLessThan(1)
    ;(tenths[Math.floor(10 * unit)] as number)++
  }
  // Six standard deviations.
  for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(180)
})

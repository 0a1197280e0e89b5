import { expect, it } from 'vitest'
import { cell } from './arbitraries.js'
import { layOut, placedBy } from './layout.js'
import { nextCell } from './walk.js'

const layout = layOut(
  [
    [1, 2, 5].map((number) => cell(0, number, [0, 0, 0])),
    [1, 2, 3, 4].map((number) => cell(1, number, [0, 0, 0])),
    [cell(2, 1, [0, 0, 0])],
  ],
  24,
)

const from = (key: string, pressed: string) => {
  const placed = placedBy(layout, key)
  if (placed === undefined) throw new Error(`no ${key}`)
  return nextCell(layout, placed, pressed)?.key
}

it('leads to the next cell of the row, over a gap, and stays at its ends', () => {
  expect(from('0.1', 'ArrowRight')).toBe('0.2')
  expect(from('0.2', 'ArrowRight')).toBe('0.5')
  expect(from('0.5', 'ArrowLeft')).toBe('0.2')
  expect(from('0.5', 'ArrowRight')).toBeUndefined()
  expect(from('0.1', 'ArrowLeft')).toBeUndefined()
})

it('leads to the nearest cell of the row above or below, and to none beyond the last row', () => {
  expect(from('0.5', 'ArrowDown')).toBe('1.4')
  expect(from('1.4', 'ArrowDown')).toBe('2.1')
  expect(from('2.1', 'ArrowUp')).toBe('1.1')
  expect(from('2.1', 'ArrowDown')).toBeUndefined()
  expect(from('0.1', 'ArrowUp')).toBeUndefined()
})

it('leaves every other key alone', () => {
  for (const key of ['Tab', 'Enter', 'toString', 'a']) expect(from('1.2', key)).toBeUndefined()
})

import { expect, it } from 'vitest'
import { NOOP, type TraceCell } from '../core/index.js'
import { cell } from './arbitraries.js'
import { sameCell } from './same-cell.js'

const plain = cell(0, 3, [2, 1, 0])

it('takes two of the same state for the same, whoever made them', () => {
  expect(sameCell(plain, { ...plain, deps: [2, 1, 0], initDeps: [2, 1, 0] })).toBe(true)
})

it.each<Partial<TraceCell>>([
  { phase: 'accepted' },
  { void: true },
  { executed: true },
  { position: 4 },
  { ballot: 1 },
  { path: 'fast' },
  { value: NOOP },
  { deps: [2, 2, 0] },
  { deps: undefined },
  { initDeps: [2, 0, 0] },
])('tells apart what is drawn or told in another way: %o', (other) => {
  expect(sameCell(plain, { ...plain, ...other })).toBe(false)
  expect(sameCell({ ...plain, ...other }, plain)).toBe(false)
})

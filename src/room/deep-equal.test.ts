import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deepEqual } from './deep-equal.js'

describe('deep equality', () => {
  it('is that of what JSON says, whatever the order of names', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        // JSON knows no -0.
        const [x, y] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))]
        expect(deepEqual(x, structuredClone(x))).toBe(true)
        expect(deepEqual(x, y)).toBe(sorted(x) === sorted(y))
      }),
    )
  })

  it('tells values apart that differ in their smallest part', () => {
    expect(deepEqual([['a', { x: [1, 2] }]], [['a', { x: [1, 2] }]])).toBe(true)
    expect(deepEqual([['a', { x: [1, 2] }]], [['a', { x: [1, 3] }]])).toBe(false)
    expect(deepEqual([1], [1, 2])).toBe(false)
    expect(deepEqual({ x: 1 }, { x: 1, y: undefined })).toBe(false)
    expect(deepEqual({ x: undefined }, { y: 1 })).toBe(false)
    expect(deepEqual([], {})).toBe(false)
    expect(deepEqual({ 0: 1, length: 1 }, [1])).toBe(false)
    expect(deepEqual(null, {})).toBe(false)
    expect(deepEqual(Number.NaN, Number.NaN)).toBe(true)
  })

  it('takes objects of a class for equal only where they are one', () => {
    const day = new Date(0)
    expect(deepEqual({ day }, { day })).toBe(true)
    expect(deepEqual({ day }, { day: new Date(1) })).toBe(false)
    expect(deepEqual(new Map([[1, 2]]), new Map([[3, 4]]))).toBe(false)
  })
})

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )

import type { Flight } from 'epaxos/sim'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrivalBefore, roundedUp } from './moments.js'

const flight = (endMs: number, other: Partial<Flight> = {}): Flight => ({
  id: 0,
  kind: 'commit',
  from: 0,
  to: 1,
  epoch: 1,
  instance: { slot: 0, number: 1 },
  says: '',
  sentMs: 0,
  endMs,
  fate: 'arrived',
  lostMs: undefined,
  repeat: false,
  background: false,
  ...other,
})

const backFrom = (flights: readonly Flight[], atMs: number): number => arrivalBefore({ flights }, atMs)

describe('going back', () => {
  test('leads to the last arrival before this moment, whenever it was sent', () => {
    expect(backFrom([flight(30), flight(10), flight(20)], 30)).toBe(20)
    expect(backFrom([flight(30), flight(10), flight(20)], 31)).toBe(30)
  })

  test('leads to the beginning where none arrived before', () => {
    expect(backFrom([flight(10)], 10)).toBe(0)
    expect(backFrom([], 500)).toBe(0)
  })

  test('does not stop at what was lost, missed or says nothing of an instance', () => {
    const others = [flight(40, { fate: 'lost' }), flight(41, { fate: 'missed' }), flight(42, { background: true })]
    expect(backFrom([flight(10), ...others], 50)).toBe(10)
  })
})

test('a time line ends at a round number that is never before what it shows, nor far behind', () => {
  expect([0, 100, 101, 500, 501, 1001, 600_000].map(roundedUp)).toEqual([100, 100, 200, 500, 1000, 2000, 1_000_000])
  fc.assert(
    fc.property(fc.double({ min: 100, max: 600_000, noNaN: true }), (ms) => {
      expect(roundedUp(ms)).toBeGreaterThanOrEqual(ms)
      expect(roundedUp(ms)).toBeLessThanOrEqual(2.5 * ms)
    }),
  )
})

import { write } from 'epaxos/core'
import { type Flight, type LabAction, LabSession } from 'epaxos/sim'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { arrivalBefore, isStirring, roundedUp } from './moments.js'

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

const begun = (...actions: readonly LabAction[]): LabSession => {
  const net = { kind: 'even', delayMs: 20 } as const
  const session = LabSession.begin({ seed: 1, voters: 3, net, jitter: 0, writeMs: 1, thrifty: false })
  for (const action of actions) session.act(action)
  return session
}

const propose: LabAction = { kind: 'propose', replica: 0, name: 'a', spans: [write('k')] }

const stirringAt = (session: LabSession, ...moments: readonly number[]): readonly boolean[] =>
  moments.map((ms) => {
    session.seek(ms)
    return isStirring(session, 'event')
  })

describe('something is to be expected', () => {
  test('not while nothing but gossip travels', () => {
    const session = begun()
    session.seek(1020)
    const underWay = session.world.chronicle.flights.filter(({ fate }) => fate === 'under-way')
    expect(underWay.map(({ background }) => background)).toContain(true)
    expect(isStirring(session, 'event')).toBe(false)
  })

  test('until a command is executed everywhere, also by whom it can not reach just now', () => {
    expect(stirringAt(begun(propose), 0, 10, 2000)).toEqual([true, true, false])
    const cut: LabAction = { kind: 'cut', sides: [[0, 1], [2]] }
    expect(stirringAt(begun(cut, propose), 300)).toEqual([true])
  })

  test('not of commands that a crash has taken', () => {
    const session = begun(propose, propose, { kind: 'crash', replica: 0 })
    session.seek(2000)
    session.act({ kind: 'restart', replica: 0 })
    expect(stirringAt(session, 9000)).toEqual([false])
  })

  test('looking back, since there it has happened', () => {
    expect(stirringAt(begun(propose), 2000, 5)).toEqual([false, true])
  })

  test('between two commands of a burst, and not after its last', () => {
    const burst: LabAction = { kind: 'burst', replicas: [0], count: 3, everyMs: 1000, interference: 0 }
    expect(stirringAt(begun(burst), 500, 9000)).toEqual([true, false])
  })

  test('while somebody joins', () => {
    expect(stirringAt(begun({ kind: 'join', replica: 3, city: undefined }), 10, 3000)).toEqual([true, false])
  })

  test('of messages never where one is alone', () => {
    const net = { kind: 'even', delayMs: 20 } as const
    const session = LabSession.begin({ seed: 1, voters: 1, net, jitter: 0, writeMs: 1, thrifty: false })
    session.act(propose)
    expect([isStirring(session, 'event'), isStirring(session, 'message')]).toEqual([true, false])
  })
})

import { describe, expect, it, vi } from 'vitest'
import type { LabAction } from './contract.js'
import { LabRefused } from './refused.js'
import { InvalidScript } from './script.js'
import { LabSession } from './session.js'

vi.mock('./bounds.js', async (bounds) => ({ ...(await bounds<typeof import('./bounds.js')>()), MAX_COST: 2000 }))

const begun = 'lab 3 seed 7 even 40ms write 2ms\n'
const burst: LabAction = { kind: 'burst', replicas: [0, 1, 2], count: 300, everyMs: 5, interference: 0 }

/** Played until it is over. */
const played = (): LabSession => {
  const session = LabSession.parse(begun)
  session.act(burst)
  session.seek(60_000)
  return session
}

describe('a run in which as much has happened as a page can keep', () => {
  it('stands still from then on, at the same moment however it was played', () => {
    const whole = played()
    const { chronicle } = whole.world
    expect(chronicle.flights.length + chronicle.happenings.length).toBeGreaterThanOrEqual(2000)
    expect(chronicle.flights.length + chronicle.happenings.length).toBeLessThan(2020)
    expect(whole.positionMs).toBe(whole.world.nowMs)
    expect(whole.positionMs).toBeLessThan(1500)
    const divided = LabSession.parse(begun)
    divided.act(burst)
    for (let frame = 0; frame < 1000; frame++) divided.advance(16.7)
    expect(divided.positionMs).toBe(whole.positionMs)
    expect(divided.world.chronicle.flights).toEqual(chronicle.flights)
    expect(whole.step('event')).toBe(false)
    expect(whole.positionMs).toBe(divided.positionMs)
  })

  it('takes nothing more, but another future can leave it before', () => {
    const session = played()
    expect(() => session.act({ kind: 'crash', replica: 0 })).toThrow(LabRefused)
    expect(() => session.act({ kind: 'crash', replica: 0 })).toThrow('this run is over')
    session.seek(100)
    session.act({ kind: 'crash', replica: 0 })
    expect(session.branches).toHaveLength(2)
  })

  it('has an address that opens as it was left', () => {
    const session = played()
    const again = LabSession.parse(session.text())
    expect([again.positionMs, again.current.endMs]).toEqual([session.positionMs, session.positionMs])
    expect(again.world.chronicle.happenings).toEqual(session.world.chronicle.happenings)
  })

  it('is not run on by an address that asks for more', () => {
    const text = `${begun}at 0ms burst 300 every 5ms interference 0% R0,R1,R2\nuntil 60000ms\n`
    expect(() => LabSession.parse(text)).toThrow(InvalidScript)
    expect(() => LabSession.parse(text)).toThrow(/line 2 .* the run is over at [\d.]+ms/)
    expect(() => LabSession.parse(`${text.replace(/until.*/, '')}at 50000ms crash R0\n`)).toThrow(/line 4 .* is over/)
  })

  it('is soon one where members that have done much start again and again', () => {
    const session = LabSession.parse(`${begun}at 0ms burst 100 every 0ms interference 0% R0,R1,R2\nuntil 2000ms\n`)
    session.seek(2000)
    let restarts = 0
    const again = (): void => {
      for (; restarts < 200; restarts++) {
        session.act({ kind: 'crash', replica: 0 })
        session.act({ kind: 'restart', replica: 0 })
        session.advance(1)
      }
    }
    expect(again).toThrow('this run is over')
    expect(restarts).toBeLessThan(30)
  })
})

describe('opening a session', () => {
  it('tells bit by bit how far it has come, and ends with what opening it at once gives', () => {
    const text = `${begun}at 0ms burst 80 every 5ms interference 0% R0,R1,R2\nuntil 900ms\nlook 1 at 300ms\n`
    const opening = LabSession.opening(text)
    const moments: number[] = []
    for (;;) {
      const { done, value } = opening.next()
      if (done) {
        expect(value.world.chronicle.happenings).toEqual(LabSession.parse(text).world.chronicle.happenings)
        expect(value.positionMs).toBe(300)
        break
      }
      expect(value.endMs).toBe(900)
      moments.push(value.atMs)
    }
    expect(moments.length).toBeGreaterThan(1)
    expect(moments).toEqual(moments.toSorted((a, b) => a - b))
  })
})

import { describe, expect, it } from 'vitest'
import type { LabSetup } from './contract.js'
import { Net, type Parcel } from './net.js'
import { Timetable } from './timetable.js'

const even: LabSetup = {
  seed: 1,
  voters: 3,
  net: { kind: 'even', delayMs: 10 },
  jitter: 0,
  writeMs: 0,
  thrifty: false,
}

/** What arrives is written down: `a at 10`, `lost a at 10`. */
const netOf = (setup: LabSetup) => {
  const timetable = new Timetable()
  const arrived: string[] = []
  const net = new Net<string>(setup, timetable, ({ content }, lost) => {
    arrived.push(`${lost ? 'lost ' : ''}${content} at ${timetable.now}`)
  })
  const send = (from: number, to: number, content: string): Parcel<string> => net.send(from, to, () => content)
  return { timetable, arrived, net, send }
}

describe('the network', () => {
  it('takes as long as the setup says, and tells the sender when it will arrive', () => {
    const { timetable, arrived, net } = netOf(even)
    net.send(0, 1, (endMs) => `due at ${endMs}`)
    timetable.runUntil(20)
    expect(arrived).toEqual(['due at 10 at 10'])
  })

  it('takes half of the measured round trip between cities, from where members are now', () => {
    const { net } = netOf({ ...even, net: { kind: 'map', cities: ['eu-west-1', 'us-west-1', 'eu-west-1'] } })
    expect([net.wayMs(0, 1), net.wayMs(0, 2)]).toEqual([135.9 / 2, 0.05])
    expect(net.nearest(0, [1, 2])).toEqual([2, 1])
    net.place(2, 'ap-southeast-1')
    expect(net.nearest(0, [1, 2])).toEqual([1, 2])
  })

  it('delays the n-th parcel on a way alike, whatever travels on others, by no more than the jitter allows', () => {
    const times = (others: number): readonly string[] => {
      const { timetable, arrived, net, send } = netOf({ ...even, jitter: 0.5 })
      for (let i = 0; i < 5; i++) {
        for (let k = 0; k < others; k++) for (const to of [0, 2]) send(1, to, 'other')
        send(0, 1, `${i}`)
      }
      timetable.runUntil(100)
      expect(net.oldest(() => true)).toBeUndefined()
      return arrived.filter((one) => !one.startsWith('other'))
    }
    expect(times(3)).toEqual(times(0))
    const late = times(0).map((one) => Number(one.split(' at ')[1]))
    expect(Math.min(...late)).toBeGreaterThanOrEqual(10)
    expect(Math.max(...late)).toBeLessThan(15)
    expect(new Set(late).size).toBe(5)
  })

  it('gives out what is on its way, the oldest first, to be dropped, delayed, brought forward or repeated', () => {
    const { timetable, arrived, net, send } = netOf(even)
    for (const content of ['a', 'b', 'c', 'd']) send(0, 1, content)
    expect(net.oldest(() => true)?.content).toBe('a')
    const named = (name: string): Parcel<string> => net.oldest(({ content }) => content === name) as Parcel<string>
    net.drop(named('a'))
    net.delay(named('b'), 5)
    net.repeat(named('c'), 7, () => 'again')
    timetable.runUntil(4)
    net.delay(named('d'), Number.NEGATIVE_INFINITY)
    timetable.runUntil(50)
    expect(arrived).toEqual(['d at 4', 'c at 10', 'b at 15', 'again at 17'])
  })

  it('lets what is delayed arrive at a moment that a script can name', () => {
    const { timetable, arrived, net, send } = netOf({ ...even, net: { kind: 'even', delayMs: 0.1 } })
    const parcel = send(0, 1, 'a')
    net.delay(parcel, 0.2)
    timetable.runUntil(1)
    expect([arrived, parcel.endMs]).toEqual([['a at 0.3'], 0.3])
  })

  it('loses what would arrive during a cut, also what was under way, and lets pass what stays on one side', () => {
    const { timetable, arrived, net, send } = netOf(even)
    send(0, 1, 'a')
    timetable.runUntil(5)
    net.cut([[0], [1, 2]])
    send(1, 2, 'b')
    timetable.runUntil(12)
    send(0, 2, 'c')
    net.cut(undefined)
    timetable.runUntil(50)
    expect(arrived).toEqual(['lost a at 10', 'b at 15', 'c at 22'])
  })

  it('leaves alone who is on no side of a cut; a new cut takes the place of the one before', () => {
    const { net } = netOf(even)
    net.cut([[0, 1]])
    expect([net.passes(0, 1), net.passes(2, 3), net.passes(2, 0), net.passes(2, 2)]).toEqual([true, false, false, true])
    net.cut([[2, 3]])
    expect([net.passes(0, 1), net.passes(2, 3)]).toEqual([false, true])
  })
})

import { describe, expect, it } from 'vitest'
import { type Message, NOOP } from '../core/index.js'
import { Agenda } from './agenda.js'
import { type Faults, type KindFault, noFaults } from './faults.js'
import { Network } from './network.js'
import { drawPartition } from './partition-shapes.js'
import { Random } from './random.js'

const accept = (number: number): Message => ({
  kind: 'accept',
  epoch: 0,
  instance: { slot: 0, number },
  ballot: 16,
  value: NOOP,
  deps: [0, 0, 0],
})

const world = (faults: Partial<Faults>) => {
  const agenda = new Agenda()
  const arrived: string[] = []
  const arrives = (from: number, to: number, message: Message): void => {
    const what = 'instance' in message ? message.instance.number : message.kind
    arrived.push(`${Math.round(agenda.now)}: ${from} to ${to}: ${what}`)
  }
  const sent = (message: Message): Message => message
  const network = new Network(3, agenda, new Random(1), { ...noFaults, ...faults }, sent, arrives)
  return { agenda, network, arrived }
}

const on = (fault: Partial<KindFault>): KindFault => ({
  kind: 'accept',
  loss: 0,
  deaf: 0,
  ownerDeaf: 0,
  sides: false,
  hold: 0,
  holdMs: [0, 0],
  ...fault,
})

describe('a network', () => {
  it('cuts one direction for a while, and what is under way in it', () => {
    const { agenda, network, arrived } = world({})
    network.send(0, 1, accept(1))
    network.send(1, 0, accept(2))
    network.cut(0, 1, 100)
    agenda.runUntil(110)
    network.send(0, 1, accept(3))
    agenda.runUntil(200)
    expect(arrived).toEqual(['5: 1 to 0: 2', '115: 0 to 1: 3'])
    expect(network.fates.cut).toBe(1)
  })

  it('repeats, and holds back one kind only', () => {
    const { agenda, network, arrived } = world({
      repetition: 1,
      echoMs: 0,
      kinds: [on({ hold: 1, holdMs: [100, 100] })],
    })
    network.send(0, 1, accept(1))
    network.send(0, 1, { kind: 'fetch', epoch: 0, slot: 0, from: 1, to: 1 })
    agenda.runUntil(200)
    expect(arrived).toEqual(['5: 0 to 1: fetch', '5: 0 to 1: fetch', '105: 0 to 1: 1', '105: 0 to 1: 1'])
    expect(network.fates).toEqual({ lost: 0, held: 1, repeated: 2, cut: 0 })
  })

  it('keeps a voter deaf to an instance however often it is said', () => {
    const { agenda, network, arrived } = world({ kinds: [on({ deaf: 0.5 })] })
    for (let i = 0; i < 10; i++) for (let number = 1; number <= 50; number++) network.send(0, 1, accept(number))
    agenda.runUntil(100)
    const heard = new Set(arrived)
    expect(arrived).toHaveLength(10 * heard.size)
    expect(heard.size).toBeGreaterThan(10)
    expect(heard.size).toBeLessThan(40)
  })
})

it('a partition cuts something, and nobody off from himself', () => {
  const random = new Random(1)
  for (let run = 0; run < 500; run++) {
    const n = 2 + random.below(8)
    const cuts = drawPartition(random, n)
    for (const [from, to] of cuts) {
      expect(from).not.toBe(to)
      expect(Math.max(from, to)).toBeLessThan(n)
    }
  }
})

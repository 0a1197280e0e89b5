import { describe, expect, it } from 'vitest'
import type { Address, Link } from '../../transport/index.js'
import { type ContractCase, linkContract } from '../index.js'
import { Chance } from './chance.js'
import { VirtualNetwork } from './network.js'
import { Timeline } from './timeline.js'

const peer = (digit: string): Address => ({ replica: digit.repeat(32), incarnation: 1 })
const [A, B, C] = [peer('a'), peer('b'), peer('c')]

const networkOf = (seed: number): { readonly timeline: Timeline; readonly network: VirtualNetwork } => {
  const timeline = new Timeline()
  return { timeline, network: new VirtualNetwork(timeline, new Chance(seed), [5, 50]) }
}

const open = (network: VirtualNetwork, self: Address): { readonly link: Link; readonly heard: unknown[] } => {
  const link = network.transport({ relay: undefined, room: 'room', self })
  const heard: unknown[] = []
  link.onMessage((from, bytes) => heard.push(`${from.replica[0]}:${bytes[0]}`))
  link.onPeer(({ replica }, here) => heard.push(`${here ? '+' : '-'}${replica[0]}`))
  return { link, heard }
}

describe('links in virtual time keep the contract', () => {
  const inVirtualTime = (loss: number): readonly ContractCase[] => {
    const { timeline, network } = networkOf(1)
    network.lossy(loss)
    return linkContract((options) => network.transport({ relay: undefined, ...options })).map(({ name, run }) => ({
      name,
      run: async () => {
        let done = false
        const running = run().finally(() => {
          done = true
        })
        while (!done) await timeline.run(10)
        await running
      },
    }))
  }

  describe('where nothing is lost', () => {
    for (const { name, run } of inVirtualTime(0)) it(name, run)
  })

  describe('where packets are lost and repeated', () => {
    for (const { name, run } of inVirtualTime(0.3)) it(name, run)
  })
})

describe('a virtual network', () => {
  it('brings packets late, each in a time of its own', async () => {
    const { timeline, network } = networkOf(2)
    const [a, b] = [open(network, A), open(network, B)]
    await timeline.run(100)
    for (let i = 0; i < 20; i++) a.link.send(B, Uint8Array.of(i))
    b.heard.length = 0
    await timeline.run(4)
    expect(b.heard).toEqual([])
    await timeline.run(46)
    const inOrder = Array.from({ length: 20 }, (_, i) => `a:${i}`)
    expect([...b.heard].sort()).toEqual([...inOrder].sort())
    expect(b.heard).not.toEqual(inOrder)
  })

  it('loses and repeats as many packets as it is told to', async () => {
    const { timeline, network } = networkOf(3)
    const [a, b] = [open(network, A), open(network, B)]
    await timeline.run(100)
    b.heard.length = 0
    network.lossy(0.25)
    for (let i = 0; i < 4000; i++) a.link.send(B, Uint8Array.of(i))
    await timeline.run(100)
    // Of four, one is lost; of the three others each fourth comes twice: 3750 of 4000, give or take.
    expect(b.heard.length).toBeGreaterThan(3600)
    expect(b.heard.length).toBeLessThan(3900)
    expect(() => network.lossy(2)).toThrow(RangeError)
  })

  it('that is cut in parts tells those of the other parts to have gone, and loses what is under way to them', async () => {
    const { timeline, network } = networkOf(4)
    const [a, b, c] = [open(network, A), open(network, B), open(network, C)]
    await timeline.run(200)
    for (const { heard } of [a, b, c]) heard.length = 0
    a.link.send(B, Uint8Array.of(1))
    a.link.send(C, Uint8Array.of(2))
    network.partition([[A.replica], [B.replica]])
    await timeline.run(100)
    expect([a.heard, b.heard, c.heard].map((heard) => [...heard].sort())).toEqual([
      ['-b', '-c'],
      ['-a', '-c'],
      ['-a', '-b'],
    ])
    network.partition([[A.replica]])
    await timeline.run(100)
    expect([a.heard.slice(2), b.heard.slice(2), c.heard.slice(2)]).toEqual([[], ['+c'], ['+b']])
    network.heal()
    await timeline.run(100)
    a.link.send(B, Uint8Array.of(3))
    await timeline.run(50)
    expect(b.heard.slice(3)).toEqual(['+a', 'a:3'])
  })

  it('does the same again where the seed is the same', async () => {
    const historyOf = async (seed: number): Promise<unknown> => {
      const { timeline, network } = networkOf(seed)
      network.lossy(0.1)
      const [a, b] = [open(network, A), open(network, B)]
      await timeline.run(100)
      for (let i = 0; i < 50; i++) a.link.send(B, Uint8Array.of(i))
      await timeline.run(100)
      return b.heard
    }
    expect(await historyOf(5)).toEqual(await historyOf(5))
    expect(await historyOf(5)).not.toEqual(await historyOf(6))
  })
})

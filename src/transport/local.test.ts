import { describe, expect, test } from 'vitest'
import type { Address } from '../wire/index.js'
import type { Link, LinkStatus } from './contract.js'
import { type LocalNetwork, localNetwork } from './local.js'

const peer = (digit: string, incarnation = 1): Address => ({ replica: digit.repeat(32), incarnation })
const A = peer('a')
const B = peer('b')

interface Ear {
  readonly link: Link
  readonly heard: unknown[]
}

const open = (network: LocalNetwork, self: Address, room = 'room'): Ear => {
  const link = network.transport({ relay: undefined, room, self })
  const heard: unknown[] = []
  link.onMessage((from, bytes) => heard.push([from.replica[0], ...bytes]))
  link.onPeer(({ replica, incarnation }, here) => heard.push(`${here ? '+' : '-'}${replica[0]}${incarnation}`))
  return { link, heard }
}

/** Everything under way has arrived: deliveries are microtasks, and a macrotask comes after all of them. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a local network', () => {
  test('brings the members of a room together, in a later turn than their links were made', async () => {
    const network = localNetwork()
    const a = open(network, A)
    expect(a.link.status()).toMatchObject({ state: 'connecting', peers: [] })
    const b = open(network, B)
    open(network, peer('c'), 'elsewhere')
    await settled()
    expect([a.heard, b.heard]).toEqual([['+b1'], ['+a1']])
    expect(a.link.status()).toMatchObject({ state: 'open', reason: undefined, peers: [{ ...B, kind: 'local' }] })
  })

  test('delivers copies, in order, and not within the call', async () => {
    const network = localNetwork()
    const [a, b] = [open(network, A), open(network, B)]
    await settled()
    const bytes = Uint8Array.of(1)
    expect(a.link.send(B, bytes)).toBe(true)
    bytes[0] = 9
    a.link.send(B, Uint8Array.of(2))
    expect(b.heard).toEqual(['+a1'])
    await settled()
    expect(b.heard).toEqual(['+a1', ['a', 1], ['a', 2]])
    expect(a.link.status().counters).toMatchObject({ packetsSent: 2, packetsReceived: 0, packetsRefused: 0 })
    expect(b.link.status().counters).toMatchObject({ packetsReceived: 2 })
  })

  test('refuses what has no receiver, or another life for one', async () => {
    const network = localNetwork()
    const a = open(network, A)
    open(network, peer('b', 2))
    await settled()
    expect(a.link.send(peer('c'), Uint8Array.of(1))).toBe(false)
    expect(a.link.send(peer('b', 1), Uint8Array.of(1))).toBe(false)
    expect(a.link.send(peer('b', 2), Uint8Array.of(1))).toBe(true)
    expect(a.link.status().counters).toMatchObject({ packetsSent: 1, packetsRefused: 2 })
  })

  test('an isolated replica is gone for the others, and so are packets under way to it', async () => {
    const network = localNetwork()
    const [a, b] = [open(network, A), open(network, B)]
    await settled()
    a.link.send(B, Uint8Array.of(1))
    network.isolate(B.replica)
    await settled()
    expect([a.heard, b.heard]).toEqual([
      ['+b1', '-b1'],
      ['+a1', '-a1'],
    ])
    network.reconnect(B.replica)
    a.link.send(B, Uint8Array.of(2))
    await settled()
    expect(a.heard).toEqual(['+b1', '-b1', '+b1'])
    expect(b.heard).toEqual(['+a1', '-a1', '+a1', ['a', 2]])
  })

  test('a later life replaces an earlier one without its going, an earlier one is refused', async () => {
    const network = localNetwork()
    const [a, old] = [open(network, A), open(network, B)]
    await settled()
    const later = open(network, peer('b', 2))
    await settled()
    expect(old.link.status()).toMatchObject({ state: 'closed', reason: 'replaced', peers: [] })
    const earlier = open(network, B)
    await settled()
    expect(earlier.link.status()).toMatchObject({ state: 'closed', reason: 'replaced' })
    expect([a.heard, later.heard]).toEqual([['+b1', '+b2'], ['+a1']])
  })

  test('the same life on a new link goes unnoticed, and gets the packets', async () => {
    const network = localNetwork()
    const a = open(network, A)
    open(network, B)
    await settled()
    const again = open(network, B)
    await settled()
    a.link.send(B, Uint8Array.of(1))
    await settled()
    expect(a.heard).toEqual(['+b1'])
    expect(again.heard).toEqual(['+a1', ['a', 1]])
  })

  test('after close no listener is called, the others see it go, and closing again is nothing', async () => {
    const network = localNetwork()
    const [a, b] = [open(network, A), open(network, B)]
    await settled()
    const states: LinkStatus[] = []
    a.link.onStatus((status) => states.push(status))
    b.link.send(A, Uint8Array.of(1))
    a.link.close()
    a.link.close()
    await settled()
    expect([a.heard, states]).toEqual([['+b1'], []])
    expect(b.heard).toEqual(['+a1', '-a1'])
    expect(a.link.send(B, Uint8Array.of(1))).toBe(false)
    expect(a.link.status().state).toBe('closed')
  })

  test('a link closed in the turn it was made never joins', async () => {
    const network = localNetwork()
    const a = open(network, A)
    open(network, B).link.close()
    await settled()
    expect(a.heard).toEqual([])
  })

  test('an address or room that no transport takes is refused at once', () => {
    const { transport } = localNetwork()
    expect(() => transport({ relay: undefined, room: '', self: A })).toThrow(/room/)
    expect(() => transport({ relay: undefined, room: 'room', self: { replica: 'x', incarnation: 1 } })).toThrow(/hex/)
  })
})

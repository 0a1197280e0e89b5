import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Relay, startRelay } from '../relay/node.js'
import { type Address, LARGEST_PACKET_BYTES } from '../wire/index.js'
import { decodeSignal } from './channel-signal.js'
import { type LinkKind, type LinkStatus, MAX_DIRECT_PEERS, type SignalSeal } from './contract.js'
import { ManualClock } from './manual-clock.js'
import { MemoryConnections } from './memory-connections.js'
import { PeerChannel } from './peer-channel.js'
import { RelayedLink } from './relayed-link.js'

const peer = (place: number): Address => ({ replica: place.toString(16).padStart(32, '0'), incarnation: 1 })
const [A, B, C] = [peer(1), peer(2), peer(3)]

let clock: ManualClock
let connections: MemoryConnections
let relay: Relay
let links: RelayedLink[]

beforeEach(async () => {
  clock = new ManualClock()
  connections = new MemoryConnections()
  relay = await startRelay()
  links = []
})

afterEach(async () => {
  for (const link of links) link.close()
  expect([connections.alive, clock.armed]).toEqual([[], 0])
  await relay.close()
})

const open = (self: Address, signals?: SignalSeal): RelayedLink => {
  const options = { relay: relay.url, room: 'room', self, clock, random: () => 0.5, ...(signals && { signals }) }
  const link = new RelayedLink(options, (alarms) => (initiator, events) => {
    return new PeerChannel({ ...options, clock: alarms, initiator, connect: connections.connect }, events)
  })
  links.push(link)
  return link
}

/** Resolves as soon as the link's status is as wanted. */
const until = (link: RelayedLink, wanted: (status: LinkStatus) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (status: LinkStatus): void => {
      if (!wanted(status)) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = link.onStatus(look)
    look(link.status())
  })

const kindsAt = (link: RelayedLink): LinkKind[] => link.status().peers.map(({ kind }) => kind)

const directPeers = (link: RelayedLink): Address[] =>
  link.status().peers.flatMap(({ kind, ...address }) => (kind === 'webrtc' ? [address] : []))

const reach = (link: RelayedLink, ...kinds: LinkKind[]): Promise<void> =>
  until(link, ({ peers }) => peers.map(({ kind }) => kind).join() === kinds.join())

/** A packet goes from one to the other; how many frames it took of the relay. */
const frameCountOf = async (from: RelayedLink, to: RelayedLink, at: Address): Promise<number> => {
  const before = relay.counters().framesForwarded
  const arrived = new Promise<Uint8Array>((resolve) => {
    const unsubscribe = to.onMessage((_from, bytes) => {
      unsubscribe()
      resolve(bytes)
    })
  })
  expect(from.send(at, Uint8Array.of(42))).toBe(true)
  expect(await arrived).toEqual(Uint8Array.of(42))
  return relay.counters().framesForwarded - before
}

const seconds = async (count: number): Promise<void> => {
  for (let second = 0; second < count; second++) {
    clock.advance(1000)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('direct channels', () => {
  test('are opened to nobody before they are wanted', async () => {
    const [a, b] = [open(A), open(B)]
    await Promise.all([reach(a, 'relay'), reach(b, 'relay')])
    expect([await frameCountOf(a, b, B), await frameCountOf(b, a, A)]).toEqual([1, 1])
    expect([connections.made, relay.counters().framesForwarded]).toEqual([[], 2])
  })

  test.each([
    ['lower', A, B],
    ['higher', B, A],
  ])(
    'open at both ends where only the one of the %s id wants it, and carry the packets',
    async (_which, self, other) => {
      const [wanting, wanted] = [open(self), open(other)]
      await Promise.all([reach(wanting, 'relay'), reach(wanted, 'relay')])
      wanting.direct([other.replica])
      await Promise.all([reach(wanting, 'webrtc'), reach(wanted, 'webrtc')])
      expect(await frameCountOf(wanting, wanted, other)).toBe(0)
      expect(await frameCountOf(wanted, wanting, self)).toBe(0)
    },
  )

  test('wanted by both at once are one', async () => {
    const [a, b] = [open(A), open(B)]
    a.direct([B.replica])
    b.direct([A.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    await seconds(3)
    expect([kindsAt(a), kindsAt(b), connections.made.length]).toEqual([['webrtc'], ['webrtc'], 2])
  })

  test('are opened to who comes later, and to nobody else', async () => {
    const a = open(A)
    a.direct([C.replica])
    const [b, c] = [open(B), open(C)]
    await Promise.all([reach(a, 'relay', 'webrtc'), reach(c, 'webrtc', 'relay'), reach(b, 'relay', 'relay')])
    expect(connections.made.length).toBe(2)
  })

  test('that neither end wants any more are dropped, and the traffic goes on over the relay', async () => {
    const [a, b] = [open(A), open(B)]
    const told: unknown[] = []
    a.onPeer((...event) => told.push(event))
    a.direct([B.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    a.direct([])
    expect(kindsAt(a)).toEqual(['relay'])
    expect(await frameCountOf(a, b, B)).toBe(1)
    await reach(b, 'relay')
    expect(await frameCountOf(b, a, A)).toBe(1)
    expect(connections.alive.length).toBe(2)
    await seconds(3)
    expect(connections.alive).toEqual([])
    expect(await frameCountOf(a, b, B)).toBe(1)
    expect(told).toEqual([[B, true]])
  })

  test('that the other end still wants are kept', async () => {
    const [a, b] = [open(A), open(B)]
    a.direct([B.replica])
    b.direct([A.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    await seconds(1)
    a.direct([])
    await seconds(60)
    expect([kindsAt(a), kindsAt(b), connections.made.length]).toEqual([['webrtc'], ['webrtc'], 2])
  })

  test('that break are replaced by the relay at once, and come again', async () => {
    const [a, b] = [open(A), open(B)]
    b.direct([A.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    for (const connection of connections.alive) connection.fail()
    await Promise.all([reach(a, 'relay'), reach(b, 'relay')])
    expect(await frameCountOf(a, b, B)).toBe(1)
    clock.advance(3000)
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
  })

  test('that break in the middle of a packet lose nothing of it', async () => {
    const [a, b] = [open(A), open(B)]
    a.direct([B.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    const arrived = new Promise<number>((resolve) => b.onMessage((_from, bytes) => resolve(bytes.length)))
    for (const connection of connections.alive) {
      connection.muted = true
      connection.fail()
    }
    a.send(B, new Uint8Array(100_000))
    expect(await arrived).toBe(100_000)
  })

  test('outlive the relay', async () => {
    const [a, b] = [open(A), open(B)]
    a.direct([B.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    await relay.close()
    await Promise.all([a, b].map((link) => until(link, ({ state }) => state === 'reconnecting')))
    expect(await frameCountOf(a, b, B)).toBe(0)
    expect(await frameCountOf(b, a, A)).toBe(0)
  })

  test(`are ${MAX_DIRECT_PEERS} at most: those wanted here first, then who asks first`, async () => {
    const self = peer(100)
    const others = Array.from({ length: MAX_DIRECT_PEERS + 2 }, (_, place) => peer(place + 1))
    const link = open(self)
    const ends = others.map((other) => open(other))
    await until(link, ({ peers }) => peers.length === others.length)
    const [late, last] = [others.at(-2), others.at(-1)]
    if (late === undefined || last === undefined) throw new Error('others expected')

    for (const end of ends.slice(0, MAX_DIRECT_PEERS)) end.direct([self.replica])
    await until(link, () => directPeers(link).length === MAX_DIRECT_PEERS)
    expect(directPeers(link)).toEqual(others.slice(0, MAX_DIRECT_PEERS))

    // Refused, and still reached.
    ends.at(-2)?.direct([self.replica])
    await frameCountOf(ends.at(-2) ?? link, link, self)
    expect(directPeers(link)).toEqual(others.slice(0, MAX_DIRECT_PEERS))

    // One that asked has to go for it.
    link.direct([last.replica])
    await until(link, () => directPeers(link).length === MAX_DIRECT_PEERS)
    expect(directPeers(link)).toEqual([...others.slice(1, MAX_DIRECT_PEERS), last])

    link.direct(others.map(({ replica }) => replica))
    await until(link, () => directPeers(link).length === MAX_DIRECT_PEERS)
    expect(directPeers(link)).toEqual(others.slice(0, MAX_DIRECT_PEERS))
  })
})

test('a packet for several goes over each one’s own path', async () => {
  const d = peer(4)
  const [a, ...others] = [open(A), open(B), open(C), open(d)]
  a.direct([B.replica])
  await reach(a, 'webrtc', 'relay', 'relay')
  const before = relay.counters().framesForwarded
  const arrived = others.map((link) => new Promise<Uint8Array>((resolve) => link.onMessage((_from, it) => resolve(it))))
  a.sendAll([B, C, d], Uint8Array.of(42))
  expect(await Promise.all(arrived)).toEqual([Uint8Array.of(42), Uint8Array.of(42), Uint8Array.of(42)])
  expect(relay.counters().framesForwarded - before).toBe(2)
})

describe('the signals of direct channels', () => {
  const xor = (body: Uint8Array): Uint8Array => body.map((byte) => byte ^ 0xff)

  test('are sealed for the relay, in both directions', async () => {
    const seen: string[] = []
    const seal: SignalSeal = {
      seal: async (to, body) => {
        seen.push(`to ${to.replica.at(-1)}: ${decodeSignal(body)?.description.type}`)
        return xor(body)
      },
      open: async (_from, body) => (decodeSignal(body) === undefined ? xor(body) : undefined),
    }
    const [a, b] = [open(A, seal), open(B, seal)]
    b.direct([A.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    expect(seen).toEqual(['to 1: request', 'to 2: offer', 'to 1: answer'])
  })

  test('that can not be sealed, or opened, yet are repeated soon', async () => {
    let [sealing, opening] = [false, false]
    const seal: SignalSeal = {
      seal: async (_to, body) => (sealing ? body : undefined),
      open: async (_from, body) => (opening ? body : undefined),
    }
    const [a, b] = [open(A, seal), open(B, seal)]
    a.direct([B.replica])
    b.direct([A.replica])
    await Promise.all([reach(a, 'relay'), reach(b, 'relay')])
    sealing = true
    await seconds(1)
    opening = true
    await seconds(5)
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
  })

  test('that were not sealed by the peer are ignored', async () => {
    const a = open(A, { seal: async (_to, body) => body, open: async () => undefined })
    const b = open(B)
    b.direct([A.replica])
    await Promise.all([reach(a, 'relay'), reach(b, 'relay')])
    await seconds(60)
    expect([kindsAt(a), kindsAt(b), connections.made]).toEqual([['relay'], ['relay'], []])
    expect(b.report()).toMatchObject([{ ...A, direct: 'no-answer' }])
  })
})

describe('a report', () => {
  test('says of each peer how it is reached, and why not directly', async () => {
    const [a, b] = [open(A), open(B)]
    open(C)
    await reach(a, 'relay', 'relay')
    a.direct([B.replica])
    await reach(a, 'webrtc', 'relay')
    expect(a.report()).toEqual([
      { ...B, kind: 'webrtc', relayed: true, direct: undefined, attempts: 0, silentMs: 0 },
      { ...C, kind: 'relay', relayed: true, direct: 'unwanted', attempts: 0, silentMs: 0 },
    ])
    expect(b.report()).toMatchObject([
      { ...A, direct: undefined },
      { ...C, direct: 'unwanted' },
    ])
    await relay.close()
    await until(a, ({ state }) => state === 'reconnecting')
    expect(a.report()).toMatchObject([{ ...B, kind: 'webrtc', relayed: false }])
  })

  test('says for how long a peer was silent: heartbeats count, the relay’s presence does not', async () => {
    const [a, b] = [open(A), open(B)]
    await Promise.all([reach(a, 'relay'), reach(b, 'relay')])
    await seconds(4)
    expect(a.report()).toMatchObject([{ ...B, silentMs: 4000 }])
    b.direct([A.replica])
    await Promise.all([reach(a, 'webrtc'), reach(b, 'webrtc')])
    await seconds(4)
    clock.advance(500)
    expect(a.report()).toMatchObject([{ ...B, silentMs: 500 }])
  })
})

test('a relay that is slow holds up only those that are reached over it', async () => {
  const [a, b, c] = [open(A), open(B), open(C)]
  a.direct([B.replica])
  await Promise.all([reach(a, 'webrtc', 'relay'), reach(b, 'webrtc', 'relay'), reach(c, 'relay', 'relay')])
  // More than the socket takes; and as the clock stands still, nothing of it is tried again.
  a.send(C, new Uint8Array(LARGEST_PACKET_BYTES))
  const arrived = new Promise<number>((resolve) => b.onMessage((_from, bytes) => resolve(bytes.length)))
  a.send(B, new Uint8Array(2 ** 20))
  expect(await arrived).toBe(2 ** 20)
  expect(a.bufferedBytes(C)).toBeGreaterThan(0)
})

test('what waits for a peer that has gone is given up with it', async () => {
  const [a, b, c] = [open(A), open(B), open(C)]
  await Promise.all([reach(a, 'relay', 'relay'), reach(b, 'relay', 'relay')])
  for (let packet = 0; packet < 2; packet++) expect(a.send(C, new Uint8Array(LARGEST_PACKET_BYTES))).toBe(true)
  c.close()
  await reach(a, 'relay')
  clock.advance(20)
  // The ticks of the two links that are left: there is nothing to try again.
  expect(clock.armed).toBe(2)
})

import { once } from 'node:events'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Relay, type RelayOptions, startRelay } from '../relay/node.js'
import { type Address, encodeRelayFrame, LARGEST_PACKET_BYTES } from '../wire/index.js'
import type { Link, LinkStatus } from './contract.js'
import { LARGEST_LINK_PACKET_BYTES } from './frames.js'
import { ManualClock } from './manual-clock.js'
import { JOINED, peer, strangeRelay, until } from './stage.js'
import { type WebSocketOptions, webSocket } from './websocket.js'

const A = peer('a')
const B = peer('b')
/** As long as the name that a group's members meet under. */
const ROOM = `${'0'.repeat(32)}/${'f'.repeat(32)}`

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  vi.unstubAllGlobals()
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const relayWith = async (options: RelayOptions = {}): Promise<Relay> => {
  const relay = await startRelay(options)
  cleanups.push(() => relay.close())
  return relay
}

const open = (relay: string, self: Address, options: WebSocketOptions = {}): Link => {
  const link = webSocket(options)({ relay, room: ROOM, self })
  cleanups.push(() => link.close())
  return link
}

const sees = (link: Link, ...peers: Address[]): Promise<LinkStatus> =>
  until(link, (status) => status.peers.map(({ replica }) => replica).join() === peers.map((p) => p.replica).join())

/** The next `count` packets. */
const packets = (link: Link, count = 1): Promise<Uint8Array[]> =>
  new Promise((resolve) => {
    const got: Uint8Array[] = []
    const unsubscribe = link.onMessage((_from, bytes) => {
      if (got.push(bytes) < count) return
      unsubscribe()
      resolve(got)
    })
  })

describe('a link over a relay', () => {
  test('meets its peers and says so truly', async () => {
    const { url } = await relayWith()
    const a = open(url, A)
    const told: unknown[] = []
    a.onPeer((...event) => told.push(event))
    expect(a.status()).toMatchObject({ state: 'connecting', reason: undefined, peers: [] })
    await until(a, ({ state }) => state === 'open')
    const b = open(url, B)
    await Promise.all([sees(a, B), sees(b, A)])
    expect(a.status().peers).toEqual([{ ...B, kind: 'relay' }])
    expect(b.status().peers).toEqual([{ ...A, kind: 'relay' }])
    b.close()
    await sees(a)
    expect(told).toEqual([
      [B, true],
      [B, false],
    ])
  })

  test('packets of all sizes pass both ways, in order', async () => {
    const { url } = await relayWith()
    const [a, b] = [open(url, A), open(url, B)]
    await Promise.all([sees(a, B), sees(b, A)])
    // Those of one frame do not wait for larger ones: each kind for itself is in order.
    const sent = [0, 1, 5, 16_384, 1_000_000, LARGEST_PACKET_BYTES].map((length) => new Uint8Array(length).fill(length))
    const [atA, atB] = [packets(a, sent.length), packets(b, sent.length)]
    for (const bytes of sent) expect([a.send(B, bytes), b.send(A, bytes)]).toEqual([true, true])
    for (const got of [await atA, await atB]) {
      expect(got.map((bytes, at) => Buffer.compare(bytes, sent[at] ?? bytes))).toEqual(sent.map(() => 0))
    }
    expect(a.status().counters).toEqual({ packetsSent: 6, packetsReceived: 6, packetsRefused: 0, framesDropped: 0 })
    expect(a.bufferedBytes(B)).toBe(0)
  })

  test('what has no receiver, is too large, or too much, is refused', async () => {
    const { url } = await relayWith()
    const [a] = [open(url, A), open(url, B)]
    await sees(a, B)
    expect(a.send(peer('b', 2), new Uint8Array(1))).toBe(false)
    expect(a.send(peer('c'), new Uint8Array(1))).toBe(false)
    expect(a.send(B, new Uint8Array(LARGEST_LINK_PACKET_BYTES + 1))).toBe(false)
    // What the socket takes at once is less than a packet.
    const largest = new Uint8Array(LARGEST_LINK_PACKET_BYTES)
    expect([1, 2, 3].map(() => a.send(B, largest))).toEqual([true, true, false])
    expect(a.bufferedBytes(B)).toBe(2 * LARGEST_LINK_PACKET_BYTES)
    expect(a.status().counters).toMatchObject({ packetsSent: 2, packetsRefused: 4 })
  })

  test('it stays below the rate that the relay allows, however fast packets are given to it', async () => {
    const relay = await relayWith({ limits: { framesPerSecond: 400, burstSeconds: 1 } })
    const [a, b] = [open(relay.url, A), open(relay.url, B)]
    await sees(a, B)
    const arrived = packets(b, 800)
    for (let sent = 0; sent < 800; sent++) a.send(B, Uint8Array.of(sent & 255))
    await arrived
    expect(relay.counters().closed).toEqual({})
  })

  test('a later life of a peer comes without the old one going', async () => {
    const { url } = await relayWith()
    const a = open(url, A)
    const told: unknown[] = []
    a.onPeer((...event) => told.push(event))
    const old = open(url, B)
    await sees(a, B)
    const later = open(url, peer('b', 2))
    expect(await until(old, ({ state }) => state === 'closed')).toMatchObject({ reason: 'replaced', peers: [] })
    await sees(later, A)
    await until(a, ({ peers }) => peers[0]?.incarnation === 2)
    expect(told).toEqual([
      [B, true],
      [peer('b', 2), true],
    ])
  })

  test('the same life on a new link gets the packets, and never goes', async () => {
    const { url } = await relayWith()
    open(url, A)
    const b = open(url, B)
    await sees(b, A)
    const told: unknown[] = []
    b.onPeer((...event) => told.push(event))
    const again = open(url, A)
    await sees(again, B)
    const arrived = packets(again)
    b.send(A, Uint8Array.of(1))
    expect(await arrived).toEqual([Uint8Array.of(1)])
    expect(told).toEqual([])
  })

  test('after close no listener is called, the others see it go, no timer is left', async () => {
    const relay = await relayWith()
    const clock = new ManualClock()
    const a = open(relay.url, A, { clock })
    const b = open(relay.url, B)
    await Promise.all([sees(a, B), sees(b, A)])
    const told: unknown[] = []
    a.onStatus((status) => told.push(status))
    a.onPeer((...event) => told.push(event))
    a.close()
    a.close()
    await sees(b)
    expect(told).toEqual([])
    expect(a.status()).toMatchObject({ state: 'closed', reason: undefined, peers: [] })
    expect(a.send(B, Uint8Array.of(1))).toBe(false)
    expect(clock.armed).toBe(0)
  })

  test('a listener that closes the link in the middle of an event ends it cleanly', async () => {
    const { url } = await relayWith()
    const [b, c] = [open(url, B), open(url, peer('c'))]
    await Promise.all([sees(b, peer('c')), sees(c, B)])
    const clock = new ManualClock()
    const a = open(url, A, { clock })
    const told: unknown[] = []
    await new Promise<void>((resolve) => {
      a.onPeer((...event) => {
        told.push(event)
        a.close()
        resolve()
      })
    })
    await sees(b, peer('c'))
    expect(told).toEqual([[B, true]])
    expect(a.status()).toMatchObject({ state: 'closed', peers: [] })
    expect(clock.armed).toBe(0)
  })

  test.each([
    ['http://127.0.0.1:1', 'room', A, /not a ws: or wss: URL/],
    ['nowhere', 'room', A, /URL/],
    [undefined, 'room', A, /no relay/],
    ['ws://127.0.0.1:1', '', A, /room/],
    ['ws://127.0.0.1:1', 'room', peer('a', 0), /incarnation/],
  ])('%s with room %j can’t be, and is refused at once', (relay, room, self, message) => {
    expect(() => webSocket()({ relay, room, self })).toThrow(message)
  })
})

describe('a link that loses its relay', () => {
  test('says that its peers are gone, and finds the relay and them again', async () => {
    const first = await startRelay()
    const [a, b] = [open(first.url, A), open(first.url, B)]
    await Promise.all([sees(a, B), sees(b, A)])
    const lost = until(a, ({ state }) => state === 'reconnecting')
    await first.close()
    expect(await lost).toMatchObject({ reason: 'relay-closed', peers: [] })
    await relayWith({ port: Number(new URL(first.url).port) })
    await Promise.all([sees(a, B), sees(b, A)])
    expect(a.status()).toMatchObject({ state: 'open', reason: undefined })
    const arrived = packets(b)
    a.send(B, Uint8Array.of(1))
    expect(await arrived).toEqual([Uint8Array.of(1)])
  })

  test('tries again after doubling, jittered delays, and at once when the network is back', async () => {
    const events = new EventTarget()
    vi.stubGlobal('addEventListener', events.addEventListener.bind(events))
    vi.stubGlobal('removeEventListener', events.removeEventListener.bind(events))
    const vacant = await startRelay()
    await vacant.close()
    const clock = new ManualClock()
    const a = open(vacant.url, A, { clock, random: () => 0 })
    const reasons: unknown[] = []
    for (const delayMs of [125, 250, 500]) {
      // Told at every failure, and not again until the delay is over.
      await new Promise<void>((resolve) => {
        const unsubscribe = a.onStatus(({ reason }) => {
          reasons.push(reason)
          unsubscribe()
          resolve()
        })
      })
      const before = clock.armed
      clock.advance(delayMs - 1)
      expect(clock.armed).toBe(before)
      clock.advance(1)
    }
    expect(reasons).toEqual(['relay-unreachable', 'relay-unreachable', 'relay-unreachable'])
    await new Promise<void>((resolve) => a.onStatus(() => resolve()))
    await relayWith({ port: Number(new URL(vacant.url).port) })
    events.dispatchEvent(new Event('online'))
    await until(a, ({ state }) => state === 'open')
  })

  test('gives up where another attempt would end the same way', async () => {
    const { url } = await relayWith({ limits: { peersPerRoom: 1 } })
    await until(open(url, A), ({ state }) => state === 'open')
    const clock = new ManualClock()
    const refused = open(url, B, { clock })
    expect(await until(refused, ({ state }) => state !== 'connecting')).toMatchObject({
      state: 'closed',
      reason: 'room-full',
    })
    expect(clock.armed).toBe(0)
  })

  test('keeps trying where the reason may pass', async () => {
    const { url } = await relayWith({ limits: { rooms: 1 } })
    const other = webSocket()({ relay: url, room: 'other', self: A })
    await until(other, ({ state }) => state === 'open')
    const waiting = open(url, B)
    expect(await until(waiting, ({ state }) => state !== 'connecting')).toMatchObject({
      state: 'reconnecting',
      reason: 'too-many-rooms',
    })
    other.close()
    await until(waiting, ({ state }) => state === 'open')
  })
})

describe('a relay that misbehaves', () => {
  test('by falling silent is asked twice, and left after five seconds', async () => {
    const { url, guest } = await strangeRelay()
    const clock = new ManualClock()
    const a = open(url, A, { clock })
    const { socket: ws } = await guest()
    ws.send(encodeRelayFrame(JOINED))
    await until(a, ({ state }) => state === 'open')
    const questions: string[] = []
    ws.on('message', (message) => questions.push(String(message)))
    clock.advance(4_999)
    expect(a.status().state).toBe('open')
    clock.advance(1)
    expect(a.status()).toMatchObject({ state: 'reconnecting', reason: 'relay-unreachable' })
    await once(ws, 'close')
    expect(questions).toEqual(['ping', 'ping'])
  })

  test('by falling silent behind much that it was sent gets three times as long: its answers may wait behind that', async () => {
    const { url, guest } = await strangeRelay()
    const clock = new ManualClock()
    const a = open(url, A, { clock })
    const { socket: ws } = await guest()
    ws.send(encodeRelayFrame({ ...JOINED, peers: [B] }))
    await sees(a, B)
    const taken = new Promise<void>((resolve) => {
      let bytes = 0
      ws.on('message', (message: Buffer) => {
        bytes += message.length
        if (bytes > 512 * 1024) resolve()
      })
    })
    a.send(B, new Uint8Array(512 * 1024))
    await taken
    clock.advance(14_999)
    expect(a.status().state).toBe('open')
    clock.advance(1)
    expect(a.status()).toMatchObject({ state: 'reconnecting', reason: 'relay-unreachable' })
  })

  test('by answering the questions and nothing else is kept', async () => {
    const { url, guest } = await strangeRelay()
    const clock = new ManualClock()
    const a = open(url, A, { clock })
    const { socket: ws } = await guest()
    ws.send(encodeRelayFrame(JOINED))
    await until(a, ({ state }) => state === 'open')
    for (let round = 0; round < 5; round++) {
      const asked = once(ws, 'message')
      clock.advance(3000)
      await asked
      ws.send('pong')
      // A frame of its own, to see that the answer before it has arrived.
      const came = until(a, ({ peers }) => peers.length === round + 1)
      ws.send(encodeRelayFrame({ kind: 'came', peer: peer('bcdef'[round] ?? '') }))
      await came
    }
    expect(a.status().state).toBe('open')
  })

  test('by not answering the join is left after ten seconds', async () => {
    const { url, guest } = await strangeRelay()
    const clock = new ManualClock()
    const a = open(url, A, { clock })
    await guest()
    clock.advance(9_999)
    expect(a.status().state).toBe('connecting')
    clock.advance(1)
    expect(a.status()).toMatchObject({ state: 'reconnecting', reason: 'relay-unreachable' })
  })

  test.each<[string, (Uint8Array | string)[]]>([
    ['garbage', [encodeRelayFrame(JOINED), Uint8Array.of(99)]],
    ['text', [encodeRelayFrame(JOINED), 'hello']],
    ['a second list of peers', [encodeRelayFrame(JOINED), encodeRelayFrame(JOINED)]],
    ['a peer before the list', [encodeRelayFrame({ kind: 'came', peer: B })]],
    ['a join', [encodeRelayFrame(JOINED), encodeRelayFrame({ kind: 'join', self: B, token: '', room: 'room' })]],
  ])('by saying %s is left for good', async (_what, messages) => {
    const { url, guest } = await strangeRelay()
    const a = open(url, A)
    const { socket: ws } = await guest()
    for (const message of messages) ws.send(message)
    expect(await until(a, ({ state }) => state === 'closed')).toMatchObject({ reason: 'protocol-error' })
  })

  test('by making up thousands of peers makes the link keep no more than rooms can have', async () => {
    const { url, guest } = await strangeRelay()
    const link = open(url, A)
    const { socket } = await guest()
    socket.send(encodeRelayFrame({ ...JOINED, peers: [B] }))
    for (let made = 1; made <= 2000; made++) {
      const replica = made.toString(16).padStart(32, '0')
      socket.send(encodeRelayFrame({ kind: 'came', peer: { replica, incarnation: 1 } }))
    }
    // A later life takes the place of one, and is the last to come.
    socket.send(encodeRelayFrame({ kind: 'came', peer: { ...B, incarnation: 2 } }))
    const { peers } = await until(link, (status) => status.peers.some(({ incarnation }) => incarnation === 2))
    expect(peers.length).toBe(1024)
  })

  test('frames of strangers and torn frames are counted and dropped', async () => {
    const { url, guest } = await strangeRelay()
    const a = open(url, A)
    const { socket: ws } = await guest()
    const arrived = packets(a)
    ws.send(encodeRelayFrame({ ...JOINED, peers: [B] }))
    const bodies = [Uint8Array.of(1, 2, 3), Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1, 42)]
    for (const from of [peer('c'), B]) {
      for (const body of bodies) ws.send(encodeRelayFrame({ kind: 'datagram', peer: from, body }))
    }
    expect(await arrived).toEqual([Uint8Array.of(42)])
    expect(a.status().counters).toMatchObject({ packetsReceived: 1, framesDropped: 3 })
  })
})

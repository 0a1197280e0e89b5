import { afterEach, expect, test } from 'vitest'
import {
  type Address,
  decodeRelayFrame,
  encodeRelayFrame,
  LIVENESS_ANSWER,
  MAX_CAST_PEERS,
  type RelayFrame,
} from '../wire/index.js'
import type { Link } from './contract.js'
import { LARGEST_LINK_PACKET_BYTES, PIECE_BYTES } from './frames.js'
import { ManualClock } from './manual-clock.js'
import { JOINED, peer, strangeRelay, until } from './stage.js'
import { webSocket } from './websocket.js'

const [A, B, C, D] = ['a', 'b', 'c', 'd'].map((digit) => peer(digit)) as [Address, Address, Address, Address]
const many = (count: number): Address[] =>
  Array.from({ length: count }, (_, place) => ({ replica: place.toString(16).padStart(32, '0'), incarnation: 1 }))

const links: Link[] = []
afterEach(() => {
  for (const link of links.splice(0)) link.close()
})

interface Watched {
  readonly link: Link
  readonly clock: ManualClock
  /** What the link has sent until now, as `kind receivers bytes`, in order. */
  sent(): Promise<string[]>
  tell(frame: RelayFrame): void
}

/** A link whose relay only looks at what it is sent. */
const watched = async (peers: readonly Address[], rate = JOINED.rate): Promise<Watched> => {
  const clock = new ManualClock()
  const relay = await strangeRelay()
  const link = webSocket({ clock })({ relay: relay.url, room: 'room', self: A })
  links.push(link)
  const { socket } = await relay.guest()
  const frames: string[] = []
  socket.on('message', (bytes: Buffer, binary: boolean) => {
    if (!binary) {
      socket.send(LIVENESS_ANSWER)
      return
    }
    const frame = decodeRelayFrame(bytes)
    if (frame.kind === 'cast') frames.push(`cast ${lettersOf(frame.peers)} ${frame.body.length}`)
    else if (frame.kind === 'datagram') frames.push(`datagram ${lettersOf([frame.peer])} ${frame.body.length}`)
  })
  socket.send(encodeRelayFrame({ ...JOINED, rate, peers }))
  await until(link, (status) => status.peers.length === peers.length)
  return {
    link,
    clock,
    tell: (frame) => socket.send(encodeRelayFrame(frame)),
    sent: async () => {
      // Answered by the server's own implementation, after all that was sent before.
      await new Promise<void>((resolve) => {
        socket.once('pong', () => resolve())
        socket.ping()
      })
      return frames.splice(0)
    },
  }
}

const lettersOf = (peers: readonly Address[]): string =>
  peers.length > 9 ? String(peers.length) : peers.map(({ replica }) => replica[0]).join('')

test('a packet for several is sent to the relay once, frame by frame', async () => {
  const { link, sent } = await watched([B, C, D])
  link.sendAll([B, D], new Uint8Array(2 * PIECE_BYTES))
  link.sendAll([B, C, D, B], new Uint8Array(10))
  expect(await sent()).toEqual(['cast bd 16384', 'cast bd 16384', 'cast bcd 18'])
  expect(link.status().counters).toMatchObject({ packetsSent: 5, packetsRefused: 0 })
})

test('a packet for one, or for one who is there, is a datagram', async () => {
  const { link, sent } = await watched([B, C])
  link.sendAll([B], new Uint8Array(10))
  link.sendAll([D, C], new Uint8Array(10))
  expect(await sent()).toEqual(['datagram b 18', 'datagram c 18'])
  expect(link.status().counters).toMatchObject({ packetsSent: 2, packetsRefused: 1 })
})

test('more receivers than a cast may have get it in several', async () => {
  const peers = many(MAX_CAST_PEERS + 20)
  const { link, sent } = await watched(peers)
  link.sendAll(peers, new Uint8Array(10))
  expect(await sent()).toEqual([`cast ${MAX_CAST_PEERS} 18`, 'cast 20 18'])
  link.sendAll(peers.slice(0, MAX_CAST_PEERS + 1), new Uint8Array(10))
  expect((await sent()).sort()).toEqual([`cast ${MAX_CAST_PEERS} 18`, 'datagram 0 18'])
})

test('packets for several and packets for one take turns', async () => {
  // Less than a frame a second, so that everything else waits.
  const { link, sent, clock } = await watched([B, C], { bytesPerSecond: 1e6, framesPerSecond: 1 })
  const all: string[] = []
  link.send(B, new Uint8Array(10))
  link.sendAll([B, C], new Uint8Array(2 * PIECE_BYTES))
  link.send(B, new Uint8Array(3 * PIECE_BYTES))
  link.send(C, new Uint8Array(20))
  all.push(...(await sent()))
  for (let second = 0; second < 12; second++) {
    clock.advance(1000)
    all.push(...(await sent()))
  }
  expect(all).toEqual([
    'datagram b 18',
    'cast bc 16384',
    'datagram b 16384',
    'datagram c 28',
    'cast bc 16384',
    'datagram b 16384',
    'datagram b 16384',
  ])
})

test('what waits for several counts for each of them, is bounded, and goes with those who go', async () => {
  const { link, tell } = await watched([B, C, D], { bytesPerSecond: 1000, framesPerSecond: 1000 })
  const largest = new Uint8Array(LARGEST_LINK_PACKET_BYTES)
  for (let packet = 0; packet < 2; packet++) link.sendAll([B, C], largest)
  link.sendAll([B, C, D], largest)
  expect(link.status().counters).toMatchObject({ packetsSent: 4, packetsRefused: 3 })
  expect([B, C, D].map((to) => link.bufferedBytes(to))).toEqual([2 * largest.length, 2 * largest.length, 0])
  // Those for one have room of their own.
  expect(link.send(B, largest)).toBe(true)
  expect(link.bufferedBytes(B)).toBe(3 * largest.length)
  tell({ kind: 'went', peer: B })
  await until(link, ({ peers }) => peers.length === 2)
  expect([B, C].map((to) => link.bufferedBytes(to))).toEqual([0, 2 * largest.length])
  tell({ kind: 'went', peer: C })
  await until(link, ({ peers }) => peers.length === 1)
  link.sendAll([D], largest)
  expect(link.bufferedBytes(D)).toBe(largest.length)
})

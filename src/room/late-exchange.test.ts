import { expect, type Mock, test, vi } from 'vitest'
import type { Configuration } from '../core/index.js'
import type { KnownLife } from '../member/index.js'
import type { Address, Link } from '../transport/index.js'
import { decodePacket, MAX_PACKET_BYTES, WIRE_VERSION } from '../wire/index.js'
import { exchanging } from './late/parts.js'
import { LateExchange } from './late-exchange.js'

// The order matters: a program that was loaded stays loaded.

const A = 'a'.repeat(32)
const B = 'b'.repeat(32)
const start = { count: 1, nonce: 'd'.repeat(32), batches: 11 }
const known: KnownLife = { replica: B, start: { count: 1, nonce: 'e'.repeat(32), batches: 0 }, batches: 2 }
const epoch = (number: number): Configuration => ({
  number,
  voters: [A, B],
  wireVersion: WIRE_VERSION,
  stateVersion: 1,
})
const standing = {
  durable: true,
  place: 'f'.repeat(32),
  ageMs: 0,
  stateVersions: [1, 1],
  wireVersions: [1, 1],
} as const

interface Alone {
  readonly exchange: LateExchange
  readonly peers: ReadonlySet<(peer: Address, here: boolean) => void>
  readonly send: Mock<(to: Address, bytes: Uint8Array) => boolean>
  readonly remember: Mock<(lives: readonly KnownLife[]) => void>
  readonly came: Mock<(peer: string) => void>
  /** Its link is opened. */
  readonly open: () => void
}

/** One that has no link yet. */
const alone = (): Alone => {
  const peers = new Set<(peer: Address, here: boolean) => void>()
  const send = vi.fn((_to: Address, _bytes: Uint8Array): boolean => true)
  const link: Link = {
    send,
    sendAll: vi.fn(),
    onMessage: () => () => {},
    onPeer: (listener) => {
      peers.add(listener)
      return () => peers.delete(listener)
    },
    onStatus: () => () => {},
    status: vi.fn(),
    bufferedBytes: () => 0,
    close: () => {},
  }
  const remember = vi.fn((_lives: readonly KnownLife[]) => {})
  const came = vi.fn((_peer: string) => {})
  let open = (): void => {}
  const exchange = new LateExchange(
    {
      group: 'c'.repeat(32),
      self: A,
      introduction: { start, earlier: [] },
      lives: [known],
      link,
      maxPacketBytes: MAX_PACKET_BYTES,
      reporter: undefined,
    },
    {
      now: () => 0,
      standing: () => standing,
      batches: () => 0,
      remember,
      met: () => {},
      cutOff: () => false,
      came,
      went: () => {},
      messages: () => {},
      presence: () => {},
      superseded: () => {},
    },
    (opened) => {
      open = opened
    },
  )
  return { exchange, peers, send, remember, came, open: () => open() }
}

test('nobody is there before there is a link, and what is said is missed', () => {
  const { exchange, peers, send } = alone()
  exchange.send([])
  exchange.show(B, [])
  exchange.tick(1000)
  exchange.broke(B)
  expect([...exchange.peers]).toEqual([])
  expect(exchange.peer(B)).toBeUndefined()
  expect(exchange.unwritten()).toBeUndefined()
  expect(exchange).toMatchObject({ refused: { packets: 0, strangers: 0, cut: 0 }, cutOff: [], oversized: 0 })
  expect(peers.size).toBe(0)
  expect(send).not.toHaveBeenCalled()
})

test('one that leaves before there is a link never starts again on its storage', () => {
  const { exchange, remember } = alone()
  exchange.ended()
  expect(remember).toHaveBeenCalledExactlyOnceWith([known, { replica: A, start, batches: 11 }])
})

test('whoever comes over a link once it is there is told of the epoch that was entered before', async () => {
  const { exchange, peers, send, came, open } = alone()
  exchange.entered(epoch(1))
  exchange.heardOf(epoch(2))
  exchange.entered(epoch(2))
  await exchanging.load()
  // Not at once: nobody is to be listened to before the link is there.
  expect(peers.size).toBe(0)
  open()
  open()
  expect(peers.size).toBe(1)
  const address = { replica: B, incarnation: 1 }
  for (const tell of peers) tell(address, true)
  expect(came).toHaveBeenCalledExactlyOnceWith(B)
  expect(send).toHaveBeenCalledOnce()
  const [to, bytes = new Uint8Array()] = send.mock.calls[0] ?? []
  expect(to).toBe(address)
  expect(decodePacket(bytes)).toMatchObject({ kind: 'greeting', configuration: epoch(2) })
})

test('one whose program is here listens from the start', () => {
  const { exchange, peers } = alone()
  expect(peers.size).toBe(1)
  exchange.end()
  expect(peers.size).toBe(0)
})

test('one that has ended before there was a link hears nothing of it', () => {
  const { now } = exchanging
  const spy = vi.spyOn(exchanging, 'now', 'get').mockReturnValue(undefined)
  const { exchange, peers, open } = alone()
  exchange.end()
  spy.mockReturnValue(now)
  open()
  expect(peers.size).toBe(0)
})

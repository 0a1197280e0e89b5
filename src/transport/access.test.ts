import { afterEach, describe, expect, test } from 'vitest'
import { CLOSE_CODES, type CloseReason, encodeRelayFrame } from '../wire/index.js'
import type { Link } from './contract.js'
import { ManualClock } from './manual-clock.js'
import { type Guest, JOINED, nextStatus, peer, strangeRelay, until } from './stage.js'
import { type WebSocketLike, type WebSocketOptions, webSocket } from './websocket.js'

const A = peer('a')
const B = peer('b')

const links: Link[] = []
afterEach(() => {
  for (const link of links.splice(0)) link.close()
})

const open = (relay: string, options: WebSocketOptions): Link => {
  const link = webSocket(options)({ relay, room: 'room', self: A })
  links.push(link)
  return link
}

const seat = async (link: Link, { socket }: Guest): Promise<void> => {
  socket.send(encodeRelayFrame(JOINED))
  await until(link, ({ state }) => state === 'open')
}

describe('a token', () => {
  test('is shown to the relay; where there is none, nothing is', async () => {
    const relay = await strangeRelay()
    open(relay.url, { token: 'abc.def-ghi' })
    expect((await relay.guest()).join.token).toBe('abc.def-ghi')
    open(relay.url, {})
    expect((await relay.guest()).join.token).toBe('')
  })

  test('is asked for anew for every attempt, at once or later', async () => {
    const relay = await strangeRelay()
    const clock = new ManualClock()
    let asked = 0
    const link = open(relay.url, { clock, token: () => (++asked % 2 === 0 ? `even${asked}` : Promise.resolve('odd')) })
    for (const token of ['odd', 'even2', 'odd', 'even4']) {
      const guest = await relay.guest()
      expect(guest.join.token).toBe(token)
      await seat(link, guest)
      const lost = until(link, ({ state }) => state === 'reconnecting')
      guest.socket.close(CLOSE_CODES['token-expired'])
      expect(await lost).toMatchObject({ reason: 'token-expired' })
      clock.advance(10_000)
    }
  })

  test.each(['ä', 'a b', 'x'.repeat(4097)])('that can not be is refused at once: %j', (token) => {
    expect(() => open('ws://127.0.0.1:1', { token })).toThrow(/token/)
  })

  test.each<[string, () => string | Promise<string>]>([
    ['throws', () => thrown()],
    ['rejects', () => Promise.reject(new Error('signed out'))],
    ['gives what can not be', () => 'ä'],
  ])('whose function %s is asked for again, ever more slowly', async (_how, failing) => {
    const relay = await strangeRelay()
    const clock = new ManualClock()
    let fails = true
    const link = open(relay.url, { clock, random: () => 1, token: () => (fails ? failing() : 'good') })
    for (const delayMs of [250, 500]) {
      expect(await nextStatus(link)).toMatchObject({ state: 'reconnecting', reason: 'no-token' })
      const before = clock.armed
      clock.advance(delayMs - 1)
      expect(clock.armed).toBe(before)
      clock.advance(1)
    }
    await nextStatus(link)
    fails = false
    clock.advance(1000)
    const guest = await relay.guest()
    expect(guest.join.token).toBe('good')
    await seat(link, guest)
  })

  test('whose function never comes to an end is given up after ten seconds', async () => {
    const clock = new ManualClock()
    const link = open('ws://127.0.0.1:1', { clock, token: () => new Promise(() => {}) })
    clock.advance(9_999)
    expect(link.status().state).toBe('connecting')
    clock.advance(1)
    expect(link.status()).toMatchObject({ state: 'reconnecting', reason: 'no-token' })
  })
})

describe('a relay that closes', () => {
  /** What the link says when the relay has closed it with this reason, before or after it was let in. */
  const closedWith = async (
    reason: CloseReason,
    options: WebSocketOptions,
    seated: boolean,
  ): Promise<ReturnType<Link['status']>> => {
    const relay = await strangeRelay()
    const link = open(relay.url, options)
    const guest = await relay.guest()
    if (seated) await seat(link, guest)
    const told = nextStatus(link)
    guest.socket.close(CLOSE_CODES[reason])
    return told
  }

  test.each<CloseReason>(['unauthorized', 'origin-refused'])('with %s closes the link for good', async (reason) => {
    const clock = new ManualClock()
    expect(await closedWith(reason, { clock, token: 'fixed' }, false)).toMatchObject({ state: 'closed', reason })
    expect(clock.armed).toBe(0)
  })

  test.each<CloseReason>(['unauthorized', 'origin-refused'])(
    'with %s is asked again, slowly, where there may be another token',
    async (reason) => {
      const clock = new ManualClock()
      let asked = 0
      const options = { clock, random: () => 0, token: () => `token${++asked}` }
      expect(await closedWith(reason, options, false)).toMatchObject({ state: 'reconnecting', reason })
      clock.advance(2_499)
      expect(asked).toBe(1)
      clock.advance(1)
      expect(asked).toBe(2)
    },
  )

  test.each<CloseReason>([
    ...(['token-expired', 'draining', 'too-many-from-address', 'room-rate-exceeded', 'unavailable'] as const),
    'relay-closed',
  ])('with %s is asked again at once, though not by all in the same moment', async (reason) => {
    const clock = new ManualClock()
    let asked = 0
    const options = { clock, random: () => 0.5, token: () => `token${++asked}` }
    expect(await closedWith(reason, options, true)).toMatchObject({ state: 'reconnecting', reason })
    clock.advance(187)
    expect(asked).toBe(1)
    clock.advance(1)
    expect(asked).toBe(2)
  })
})

test('a socket of one’s own takes the place of the network', async () => {
  const sent: (string | Uint8Array)[] = []
  const socket: WebSocketLike = {
    binaryType: '',
    bufferedAmount: 0,
    onopen: null,
    onmessage: null,
    onerror: null,
    onclose: null,
    send: (message) => sent.push(message),
    close: () => {},
  }
  const urls: string[] = []
  const link = open('ws://inside', {
    socket: (url) => {
      urls.push(url)
      return socket
    },
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect([urls, socket.binaryType]).toEqual([['ws://inside/?room=room'], 'arraybuffer'])
  socket.onopen?.()
  expect(sent).toEqual([encodeRelayFrame({ kind: 'join', self: A, token: '', room: 'room' })])
  const seated = until(link, ({ peers }) => peers.length > 0)
  socket.onmessage?.({ data: encodeRelayFrame({ ...JOINED, peers: [B] }).buffer })
  expect((await seated).peers).toEqual([{ ...B, kind: 'relay' }])
  link.send(B, Uint8Array.of(42))
  expect(sent.length).toBe(2)
  const lost = until(link, ({ state }) => state === 'reconnecting')
  socket.onclose?.({ code: CLOSE_CODES['relay-closed'] })
  expect(await lost).toMatchObject({ reason: 'relay-closed', peers: [] })
})

const thrown = (): never => {
  throw new Error('signed out')
}

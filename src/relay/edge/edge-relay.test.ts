import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CLOSE_CODES, decodeRelayFrame, encodeRelayFrame, type RelayFrame } from '../../wire/index.js'
import { EdgeRelay } from './edge-relay.js'
import { OuterSocket } from './outer-socket.js'
import type { ObjectSocket, ObjectState } from './platform.js'

const A = { replica: 'a'.repeat(32), incarnation: 1 }
const B = { replica: 'b'.repeat(32), incarnation: 1 }
const C = { replica: 'c'.repeat(32), incarnation: 1 }

/** The end of a socket that the platform holds. */
class PlatformSocket implements ObjectSocket {
  readyState = 1
  closedWith: number | undefined
  answeredAtMs: number | undefined
  readonly said: (Uint8Array | string)[] = []
  #attachment: unknown = null

  accept(): void {}

  send(message: Uint8Array | string): void {
    if (this.readyState !== 1) throw new TypeError("can't send: it is closed")
    this.said.push(message)
  }

  close(code?: number): void {
    if (this.readyState !== 1) throw new TypeError('it is closed already')
    this.readyState = 3
    this.closedWith = code
  }

  serializeAttachment(attachment: unknown): void {
    if (JSON.stringify(attachment).length > 2048) throw new RangeError('the platform keeps 2048 bytes')
    this.#attachment = structuredClone(attachment)
  }

  deserializeAttachment(): unknown {
    return structuredClone(this.#attachment)
  }
}

/** An object's `ctx`, which outlives what is made with it. */
class PlatformState implements ObjectState {
  readonly sockets: PlatformSocket[] = []
  readonly storage = { setAlarm: async () => {} }

  acceptWebSocket(socket: PlatformSocket): void {
    this.sockets.push(socket)
  }

  getWebSockets(): PlatformSocket[] {
    return this.sockets
  }

  setWebSocketAutoResponse(): void {}

  getWebSocketAutoResponseTimestamp({ answeredAtMs }: PlatformSocket): Date | null {
    return answeredAtMs === undefined ? null : new Date(answeredAtMs)
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  vi.stubGlobal('WebSocketRequestResponsePair', class {})
  vi.stubGlobal(
    'WebSocketPair',
    class {
      readonly 0 = {}
      readonly 1 = new PlatformSocket()
    },
  )
  // Node's own takes no 101.
  vi.stubGlobal('Response', class {})
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const upgrade = (headers: Record<string, string> = {}): Request =>
  new Request('https://rooms.example/?room=room', { headers: { upgrade: 'websocket', ...headers } })

/** Connects one to the relay, which has it join. */
const joined = async (relay: EdgeRelay, state: PlatformState, self: typeof A): Promise<PlatformSocket> => {
  relay.fetch(upgrade())
  const socket = state.sockets.at(-1) as PlatformSocket
  const { buffer } = encodeRelayFrame({ kind: 'join', room: 'room', self, token: '' })
  relay.webSocketMessage(socket, buffer)
  await vi.advanceTimersByTimeAsync(0)
  return socket
}

const heard = (socket: PlatformSocket): readonly (RelayFrame | string)[] =>
  socket.said.map((message) => (typeof message === 'string' ? message : decodeRelayFrame(message)))

describe('a relay in an object', () => {
  test('looks for those that have vanished when somebody comes: who was heard of lately stays', async () => {
    const state = new PlatformState()
    const relay = new EdgeRelay(state, {})
    const vanished = await joined(relay, state, A)
    const there = await joined(relay, state, B)
    await vi.advanceTimersByTimeAsync(300_000)
    there.answeredAtMs = Date.now() - 1000
    relay.fetch(upgrade())
    expect(vanished.closedWith).toBe(CLOSE_CODES.unresponsive)
    expect(there.closedWith).toBeUndefined()
    expect(heard(there).at(-1)).toEqual({ kind: 'went', peer: A })
  })

  test('has no timer once all have joined, or are gone', async () => {
    const state = new PlatformState()
    const relay = new EdgeRelay(state, {})
    relay.fetch(upgrade())
    expect(vi.getTimerCount()).toBe(1)
    relay.webSocketClose(state.sockets[0] as PlatformSocket)
    expect(vi.getTimerCount()).toBe(0)
    await joined(relay, state, A)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('made anew seats those it finds in the order in which they had joined, and no one who is closing', async () => {
    const state = new PlatformState()
    const before = new EdgeRelay(state, {})
    const [a, b] = [await joined(before, state, A), await joined(before, state, B)]
    state.sockets.reverse()
    const relay = new EdgeRelay(state, {})
    const c = await joined(relay, state, C)
    expect(heard(c)).toMatchObject([{ kind: 'joined', peers: [A, B] }])
    for (const socket of [a, c]) socket.readyState = 2
    const later = await joined(new EdgeRelay(state, {}), state, A)
    expect(heard(later)).toMatchObject([{ kind: 'joined', peers: [B] }])
    expect(b.closedWith).toBeUndefined()
  })

  test('made anew tells those it finds of who was closing meanwhile', async () => {
    const state = new PlatformState()
    const before = new EdgeRelay(state, {})
    const [a, b] = [await joined(before, state, A), await joined(before, state, B)]
    const [c, again] = [await joined(before, state, C), await joined(before, state, C)]
    for (const socket of [a, c]) socket.readyState = 2
    b.said.length = 0
    const relay = new EdgeRelay(state, {})
    expect([heard(b), relay.sockets]).toEqual([[{ kind: 'went', peer: A }], 2])
    relay.webSocketClose(a)
    expect([heard(b).length, again.closedWith]).toEqual([1, undefined])
  })

  test('made anew gives those who had not joined the whole time to do so', async () => {
    const state = new PlatformState()
    new EdgeRelay(state, { limits: { joinTimeoutMs: 1000 } }).fetch(upgrade())
    vi.clearAllTimers()
    new EdgeRelay(state, { limits: { joinTimeoutMs: 1000 } })
    await vi.advanceTimersByTimeAsync(1000)
    expect(state.sockets[0]?.closedWith).toBe(CLOSE_CODES['join-timeout'])
  })

  test('made anew closes what another version of it has accepted: its link comes again', () => {
    const state = new PlatformState()
    const socket = new PlatformSocket()
    socket.serializeAttachment([0, 'something else'])
    state.acceptWebSocket(socket)
    expect(new EdgeRelay(state, {}).sockets).toBe(0)
    expect(socket.closedWith).toBe(CLOSE_CODES['relay-closed'])
  })

  test('takes no origin that is longer than any page has: it would not fit what the platform keeps', () => {
    const state = new PlatformState()
    const relay = new EdgeRelay(state, {})
    relay.fetch(upgrade({ origin: `https://${'x'.repeat(4000)}` }))
    expect([state.sockets, relay.sockets]).toEqual([[], 0])
    relay.fetch(upgrade({ origin: `https://${'x'.repeat(253)}.example:65535`.slice(0, 300) }))
    expect(relay.sockets).toBe(1)
  })

  test('has a link try again where it can not be found out whether it may come in', async () => {
    const state = new PlatformState()
    const relay = new EdgeRelay(state, { authorize: () => Promise.reject(new Error('no answer')) })
    const socket = await joined(relay, state, A)
    expect(socket.closedWith).toBe(CLOSE_CODES.unavailable)
  })
})

test('what waits for a reader is taken to leave at the rate at which links may send', () => {
  const attachment = { room: 'room', address: undefined, origin: undefined, seat: undefined, turn: 0 }
  const socket = new OuterSocket(new PlatformSocket(), attachment, 1000)
  socket.send(new Uint8Array(500))
  socket.send(new Uint8Array(500))
  expect(socket.bufferedBytes()).toBe(1000)
  vi.advanceTimersByTime(250)
  expect(socket.bufferedBytes()).toBe(750)
  vi.advanceTimersByTime(10_000)
  expect(socket.bufferedBytes()).toBe(0)
})

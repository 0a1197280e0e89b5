import { beforeEach, describe, expect, test } from 'vitest'
import { type Address, type CloseReason, encodeRelayFrame, MAX_RELAY_FRAME_BYTES } from '../wire/index.js'
import type { RelaySocket } from './guest.js'
import { DEFAULT_LIMITS, MAX_PEERS_PER_ROOM, type RelayLimits } from './limits.js'
import type { Rooms } from './rooms.js'
import { A, B, C, datagram, joined, peer, type RecordedSocket, Stage } from './stage.js'

let stage: Stage
let rooms: Rooms

const setUp = (limits: Partial<RelayLimits> = {}): void => {
  stage = new Stage(limits)
  rooms = stage.rooms
}

const connect = (): RecordedSocket => stage.connect()

const join = (self: Address, room = 'room'): RecordedSocket => stage.join(self, { room })

const sendTo = (socket: RelaySocket, to: Address, ...body: number[]): void => stage.say(socket, datagram(to, ...body))

beforeEach(() => setUp())

describe('who is here', () => {
  test('a newcomer hears who is here in join order, and the others hear of it', () => {
    const b = join(B)
    const a = join(A)
    const c = join(C)
    expect(b.take()).toEqual([joined(), { kind: 'came', peer: A }, { kind: 'came', peer: C }])
    expect(a.take()).toEqual([joined(B), { kind: 'came', peer: C }])
    expect(c.take()).toEqual([joined(B, A)])
  })

  test('who disconnects is reported gone, once, and its room goes with the last one', () => {
    const a = join(A)
    const b = join(B)
    a.take()
    rooms.disconnected(b)
    rooms.disconnected(b)
    expect(a.take()).toEqual([{ kind: 'went', peer: B }])
    rooms.disconnected(a)
    expect(rooms.counters()).toMatchObject({ sockets: 0, rooms: 0 })
  })

  test('rooms do not hear of each other', () => {
    const a = join(A, 'one')
    const b = join(B, 'two')
    sendTo(a, B, 1)
    expect([a.take(), b.take()]).toEqual([[joined()], [joined()]])
    expect(rooms.counters()).toMatchObject({ framesForwarded: 0, framesUndeliverable: 1 })
  })

  test('the same life on a new socket takes over: it comes again, and never goes', () => {
    const b = join(B)
    const old = join(A)
    b.take()
    const fresh = join(A)
    expect(old.closedFor).toBe('replaced')
    rooms.disconnected(old)
    sendTo(b, A, 1)
    expect(fresh.take()).toEqual([joined(B), datagram(B, 1)])
    expect(b.take()).toEqual([{ kind: 'came', peer: A }])
  })

  test('a later life takes over and is reported, without the earlier one going', () => {
    const b = join(B)
    const old = join(A)
    b.take()
    join(peer('a', 2))
    expect(old.closedFor).toBe('replaced')
    rooms.disconnected(old)
    expect(b.take()).toEqual([{ kind: 'came', peer: peer('a', 2) }])
  })

  test('an earlier life is refused while a later one is here', () => {
    const later = join(peer('a', 2))
    const earlier = join(peer('a', 1))
    expect([later.closedFor, earlier.closedFor]).toEqual([undefined, 'replaced'])
  })
})

describe('forwarding', () => {
  test('frames arrive in order, under the address of who sent them', () => {
    const [a, b] = [join(A), join(B)]
    b.take()
    sendTo(a, B, 1)
    rooms.received(a, encodeRelayFrame({ kind: 'signal', peer: B, body: Uint8Array.of(2) }))
    sendTo(a, B, 3)
    expect(b.take()).toEqual([datagram(A, 1), { kind: 'signal', peer: A, body: Uint8Array.of(2) }, datagram(A, 3)])
  })

  test('what was meant for one life does not reach another', () => {
    const a = join(A)
    const b = join(peer('b', 2))
    b.take()
    sendTo(a, peer('b', 1), 1)
    sendTo(a, peer('b', 3), 1)
    sendTo(a, C, 1)
    expect(b.take()).toEqual([])
    expect(rooms.counters()).toMatchObject({ framesForwarded: 0, framesUndeliverable: 3 })
  })

  test('a frame of somebody who has come is never seen before the coming, nor after the going', () => {
    const a = join(A)
    const b = join(B)
    sendTo(b, A, 1)
    rooms.disconnected(b)
    sendTo(b, A, 2)
    expect(a.take()).toEqual([joined(), { kind: 'came', peer: B }, datagram(B, 1), { kind: 'went', peer: B }])
  })

  test('datagrams to a slow receiver are dropped and counted, news of members are not', () => {
    setUp({ outgoingBytes: 100 })
    const [a, b] = [join(A), join(B)]
    b.take()
    b.waitingBytes = 100
    sendTo(a, B, 1)
    const c = join(C)
    expect(b.take()).toEqual([{ kind: 'came', peer: C }])
    expect(rooms.counters().framesDropped).toBe(1)
    b.waitingBytes = 201
    rooms.disconnected(c)
    expect(b.closedFor).toBe('unresponsive')
    expect(a.take().slice(1)).toEqual([
      { kind: 'came', peer: B },
      { kind: 'came', peer: C },
      { kind: 'went', peer: C },
      { kind: 'went', peer: B },
    ])
  })
})

describe('limits', () => {
  test('a socket that does not join in time is closed, one that joined stays', () => {
    const a = join(A)
    const idle = connect()
    stage.nowMs += DEFAULT_LIMITS.joinTimeoutMs - 1
    rooms.tick()
    expect(idle.closedFor).toBeUndefined()
    stage.nowMs++
    rooms.tick()
    expect([idle.closedFor, a.closedFor]).toEqual(['join-timeout', undefined])
  })

  test('a room takes hundreds, and tells the last of all the others', () => {
    const addresses = Array.from({ length: MAX_PEERS_PER_ROOM }, (_, at) => ({
      replica: at.toString(16).padStart(32, '0'),
      incarnation: 1,
    }))
    const sockets = addresses.map((self) => join(self))
    expect(sockets.at(-1)?.take()).toEqual([joined(...addresses.slice(0, -1))])
    expect(join(A).closedFor).toBe('room-full')
    expect(() => setUp({ peersPerRoom: MAX_PEERS_PER_ROOM + 1 })).toThrow(RangeError)
  })

  test('a full room refuses newcomers, and still takes back who is in it', () => {
    setUp({ peersPerRoom: 2 })
    join(A)
    join(B)
    expect(join(C).closedFor).toBe('room-full')
    expect(join(B).closedFor).toBeUndefined()
    expect(join(C, 'other').closedFor).toBeUndefined()
  })

  test('a relay with all its rooms taken opens no other, and takes guests of those it has', () => {
    setUp({ rooms: 1 })
    join(A)
    expect(join(C, 'other').closedFor).toBe('too-many-rooms')
    expect(join(B).closedFor).toBeUndefined()
    expect(join(A).closedFor).toBeUndefined()
  })

  test('one address can not take all rooms', () => {
    for (let at = 0; at < DEFAULT_LIMITS.socketsPerAddress; at++) {
      stage.nowMs += 1000
      stage.join(A, { room: `room ${at}`, address: '192.0.2.1' })
    }
    expect(rooms.counters().rooms).toBe(DEFAULT_LIMITS.socketsPerAddress)
    expect(stage.join(A, { room: 'another', address: '192.0.2.2' }).closedFor).toBeUndefined()
  })

  test('who does not even read that it has joined has no seat', () => {
    setUp({ outgoingBytes: 100 })
    const socket = connect()
    socket.waitingBytes = 201
    stage.say(socket, { kind: 'join', self: A, token: '', room: 'room' })
    expect(socket.closedFor).toBe('unresponsive')
    expect(rooms.counters()).toMatchObject({ sockets: 0, rooms: 0, joins: 0 })
    expect(join(B).take()).toEqual([joined()])
  })

  test('what waits for all together is bounded: who lets the most wait is closed first', () => {
    setUp({ outgoingBytesTogether: 100 })
    const [a, b, c] = [join(A), join(B), join(C)]
    for (const [socket, bytes] of [
      [a, 30],
      [b, 60],
      [c, 40],
    ] as const)
      socket.waitingBytes = bytes
    rooms.tick()
    expect([a.closedFor, b.closedFor, c.closedFor]).toEqual([undefined, 'unresponsive', undefined])
    rooms.tick()
    expect(rooms.counters().sockets).toBe(2)
  })

  test('a room full of coming and going takes nobody more for a while, and who sits there can go on', () => {
    setUp({ roomFramesPerSecond: 10, burstSeconds: 1 })
    const [a, b] = [join(A), join(B)]
    const seats: (string | undefined)[] = []
    for (let at = 0; at < 4; at++) {
      const c = join(C)
      seats.push(c.closedFor)
      rooms.disconnected(c)
    }
    expect(seats).toEqual([undefined, undefined, undefined, 'room-rate-exceeded'])
    a.take()
    sendTo(b, A, 1)
    expect([a.take(), b.closedFor]).toEqual([[datagram(B, 1)], undefined])
    expect(join(C, 'other').closedFor).toBeUndefined()
    stage.nowMs += 1000
    expect(join(C).closedFor).toBeUndefined()
  })

  test('pings of the connection count as frames', () => {
    setUp({ framesPerSecond: 2, burstSeconds: 1 })
    const socket = connect()
    rooms.pinged(socket, 0)
    rooms.pinged(socket, 125)
    expect(socket.closedFor).toBeUndefined()
    rooms.pinged(socket, 0)
    expect(socket.closedFor).toBe('rate-exceeded')
    rooms.pinged(socket, 0)
  })

  test('sockets are bounded, joined or not', () => {
    setUp({ sockets: 2 })
    connect()
    connect()
    expect(connect().closedFor).toBe('too-many-sockets')
    expect(rooms.counters().sockets).toBe(2)
  })

  test('who sends frames faster than allowed is closed after the burst, at the rate it may go on', () => {
    setUp({ framesPerSecond: 10, burstSeconds: 2 })
    const [a, b] = [join(A), join(B)]
    for (let sent = 0; sent < 100; sent++) {
      stage.nowMs += 100
      sendTo(a, B, 1)
    }
    expect(a.closedFor).toBeUndefined()
    stage.nowMs += 1000
    for (let sent = 0; sent < 20; sent++) sendTo(a, B, 1)
    expect(a.closedFor).toBeUndefined()
    sendTo(a, B, 1)
    expect([a.closedFor, b.closedFor]).toEqual(['rate-exceeded', undefined])
    expect(rooms.counters().closed).toEqual({ 'rate-exceeded': 1 })
  })

  test('who sends more bytes than allowed is closed', () => {
    setUp({ bytesPerSecond: 1000, burstSeconds: 1 })
    const a = join(A)
    for (let sent = 0; sent < 3; sent++) sendTo(a, B, ...new Uint8Array(500))
    expect(a.closedFor).toBe('rate-exceeded')
  })

  test('questions for a sign of life are answered, joined or not, and count', () => {
    setUp({ framesPerSecond: 2, burstSeconds: 1 })
    const socket = connect()
    rooms.received(socket, 'ping')
    rooms.received(socket, 'ping')
    expect(socket.take()).toEqual(['pong', 'pong'])
    rooms.received(socket, 'ping')
    expect(socket.closedFor).toBe('rate-exceeded')
  })
})

describe('wrong frames', () => {
  const joinA = encodeRelayFrame({ kind: 'join', self: A, token: '', room: 'room' })
  const ahead = Uint8Array.from(joinA).fill(9, 1, 2)
  test.each<[string, Uint8Array | string, CloseReason]>([
    ['nothing', new Uint8Array(), 'protocol-error'],
    ['text', 'hello', 'protocol-error'],
    ['an unknown kind', Uint8Array.of(99), 'protocol-error'],
    ['a second join', joinA, 'protocol-error'],
    ['what only a relay says', encodeRelayFrame({ kind: 'came', peer: C }), 'protocol-error'],
    ['a list of peers', encodeRelayFrame(joined(C)), 'protocol-error'],
    ['a datagram cut short', Uint8Array.of(2, 1, 2, 3), 'protocol-error'],
    ['a join of another version', ahead, 'unsupported-version'],
    ['more than a frame', new Uint8Array(MAX_RELAY_FRAME_BYTES + 1), 'frame-too-large'],
  ])('%s closes its sender and nobody else', (_what, message, reason) => {
    const [a, b, c] = [join(A), join(B), join(C)]
    rooms.received(a, message)
    rooms.received(a, message)
    expect([a.closedFor, b.closedFor, c.closedFor]).toEqual([reason, undefined, undefined])
    sendTo(b, C, 1)
    expect(c.take().slice(1)).toEqual([{ kind: 'went', peer: A }, datagram(B, 1)])
    expect(rooms.counters().closed).toEqual({ [reason]: 1 })
  })

  test('nothing is forwarded for who has not joined', () => {
    const b = join(B)
    const stranger = connect()
    sendTo(stranger, B, 1)
    expect(stranger.closedFor).toBe('protocol-error')
    expect(b.take()).toEqual([joined()])
  })
})

test('shutting down closes everybody with that reason, and tells nobody of the others', () => {
  const [a, b, idle] = [join(A), join(B), connect()]
  a.take()
  rooms.closeAll()
  expect([a, b, idle].map(({ closedFor }) => closedFor)).toEqual(['relay-closed', 'relay-closed', 'relay-closed'])
  expect(a.take()).toEqual([])
  expect(rooms.counters()).toMatchObject({ sockets: 0, rooms: 0 })
})

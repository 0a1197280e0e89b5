import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_BODY_BYTES, MAX_ROOM_BYTES, WireError } from '../wire/index.js'
import {
  type ClusterMessage,
  decodeClusterMessage,
  encodeClusterMessage,
  MAX_BEAT_ROOMS,
  MAX_MESSAGE_BYTES,
  MAX_SEATS,
} from './cluster-message.js'

const U48 = 2 ** 48 - 1

const id = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes).toString('hex'))
const relay = id
const address = fc.record({ replica: id, incarnation: fc.integer({ min: 1, max: 2 ** 32 - 1 }) })
const u48 = fc.oneof(
  fc.maxSafeNat().map((number) => number % (U48 + 1)),
  fc.constantFrom(0, 2 ** 32, U48),
)
const room = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
  .filter((name) => Buffer.byteLength(name) <= MAX_ROOM_BYTES)
const seat = fc.record({ self: address, takenAtMs: u48 })
const uniqueSeats = fc.uniqueArray(seat, { maxLength: 20, selector: ({ self }) => self.replica })
const change = { relay, room, before: u48, version: u48 }
const body = fc.uint8Array({ maxLength: 300 })

const message: fc.Arbitrary<ClusterMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('beat' as const),
    relay,
    asking: fc.boolean(),
    rooms: fc.array(fc.record({ room, version: u48 }), { maxLength: 20 }),
  }),
  fc.record({ kind: fc.constant('ask' as const), relay, room }),
  fc.record({ kind: fc.constant('seats' as const), relay, room, version: u48, seats: uniqueSeats }),
  fc.record({ kind: fc.constant('came' as const), ...change, seat }),
  fc.record({ kind: fc.constant('went' as const), ...change, peer: address }),
  fc.record({
    kind: fc.constantFrom('datagram' as const, 'signal' as const),
    relay,
    room,
    from: address,
    to: fc.array(address, { minLength: 1, maxLength: 20 }),
    body,
  }),
  fc.record({ kind: fc.constant('bye' as const), relay }),
)

const RELAY = '9'.repeat(32)
const peer = (at: number) => ({ replica: at.toString(16).padStart(32, '0'), incarnation: 1 })

/** Decodes, or throws a `WireError`. */
const isJudged = (bytes: Uint8Array): boolean => {
  try {
    decodeClusterMessage(bytes)
    return true
  } catch (error) {
    if (error instanceof WireError) return false
    throw error
  }
}

describe('what relays say to each other', () => {
  test('is read as it was written, whole or as a part of a larger buffer', () => {
    fc.assert(
      fc.property(message, (written) => {
        const bytes = encodeClusterMessage(written)
        const padded = new Uint8Array(bytes.length + 7)
        padded.set(bytes, 5)
        expect(decodeClusterMessage(bytes)).toEqual(written)
        expect(decodeClusterMessage(padded.subarray(5, 5 + bytes.length))).toEqual(written)
      }),
    )
  })

  test('the largest of each kind is no larger than what is read', () => {
    const name = 'é'.repeat(MAX_ROOM_BYTES / 2)
    const many = Array.from({ length: MAX_SEATS }, (_, at) => peer(at))
    const largest: readonly ClusterMessage[] = [
      {
        kind: 'beat',
        relay: RELAY,
        asking: true,
        rooms: Array.from({ length: MAX_BEAT_ROOMS }, () => ({ room: name, version: U48 })),
      },
      { kind: 'seats', relay: RELAY, room: name, version: U48, seats: many.map((self) => ({ self, takenAtMs: U48 })) },
      { kind: 'signal', relay: RELAY, room: name, from: peer(0), to: many, body: new Uint8Array(MAX_BODY_BYTES) },
    ]
    for (const written of largest) expect(decodeClusterMessage(encodeClusterMessage(written))).toEqual(written)
  })

  test('cut short or too long anywhere it is none, but for a beat of fewer rooms and what ends with a body', () => {
    fc.assert(
      fc.property(message, fc.nat(), (written, at) => {
        const bytes = encodeClusterMessage(written)
        const cut = bytes.subarray(0, at % bytes.length)
        const open = ['beat', 'seats', 'datagram', 'signal'].includes(written.kind)
        if (!open) expect(isJudged(cut) || isJudged(Uint8Array.of(...bytes, 0))).toBe(false)
        else if (isJudged(cut)) expect(decodeClusterMessage(cut).kind).toBe(written.kind)
      }),
    )
  })

  test('whatever arrives, it is read or refused, and what is read can be written again', () => {
    const mutated = fc
      .tuple(message, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 5 }))
      .map(([written, changes]) => {
        const bytes = encodeClusterMessage(written).slice()
        for (const [at, value] of changes) bytes[at % bytes.length] = value
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 200 })), (bytes) => {
        if (isJudged(bytes)) expect(encodeClusterMessage(decodeClusterMessage(bytes))).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  test.each<[string, ClusterMessage, (bytes: Uint8Array) => void, string]>([
    ['another version', { kind: 'bye', relay: RELAY }, (bytes) => bytes.set([2], 0), 'version 2'],
    ['an unknown kind', { kind: 'bye', relay: RELAY }, (bytes) => bytes.set([9], 1), 'unknown kind 9'],
    [
      'a flag that is none',
      { kind: 'beat', relay: RELAY, asking: true, rooms: [] },
      (bytes) => bytes.set([2], 18),
      '2 is',
    ],
    ['a room without a name', { kind: 'ask', relay: RELAY, room: 'a' }, (bytes) => bytes.set([0], 18), 'room: 0'],
    ['a name that is no text', { kind: 'ask', relay: RELAY, room: 'a' }, (bytes) => bytes.set([0xff], 19), 'not UTF-8'],
    ['a life before the first', gone(), (bytes) => bytes.fill(0, bytes.length - 4), 'incarnation: 0'],
  ])('%s is refused, and said to be so', (_, written, spoil, problem) => {
    const bytes = encodeClusterMessage(written)
    spoil(bytes)
    expect(() => decodeClusterMessage(bytes)).toThrow(problem)
  })

  test('more than the most of anything is refused', () => {
    const tooMany = Array.from({ length: MAX_SEATS + 1 }, (_, at) => peer(at))
    const one = Uint8Array.of(1)
    const refused: readonly [ClusterMessage, string][] = [
      [{ kind: 'datagram', relay: RELAY, room: 'r', from: peer(0), to: tooMany, body: one }, 'to: 513'],
      [{ kind: 'datagram', relay: RELAY, room: 'r', from: peer(0), to: [], body: one }, 'to: 0'],
      [
        { kind: 'datagram', relay: RELAY, room: 'r', from: peer(0), to: [peer(1)], body: new Uint8Array(16_385) },
        'body: 16385',
      ],
      [
        { kind: 'seats', relay: RELAY, room: 'r', version: 1, seats: tooMany.map((self) => ({ self, takenAtMs: 1 })) },
        'seats: 513',
      ],
      [{ kind: 'seats', relay: RELAY, room: 'r', version: 1, seats: twice() }, 'seats: one replica in two seats'],
      [
        { kind: 'beat', relay: RELAY, asking: false, rooms: tooMany.map(() => ({ room: 'r', version: 1 })) },
        'beat.rooms: 513',
      ],
    ]
    for (const [written, problem] of refused) {
      expect(() => decodeClusterMessage(encodeClusterMessage(written))).toThrow(problem)
    }
    expect(() => decodeClusterMessage(new Uint8Array(MAX_MESSAGE_BYTES + 1))).toThrow('a message of')
  })
})

function gone(): ClusterMessage {
  return { kind: 'went', relay: RELAY, room: 'room', before: 1, version: 2, peer: peer(1) }
}

function twice() {
  return [
    { self: peer(1), takenAtMs: 1 },
    { self: { ...peer(1), incarnation: 2 }, takenAtMs: 2 },
  ]
}

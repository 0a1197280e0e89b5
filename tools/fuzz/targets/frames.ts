import fc from 'fast-check'
import { type ClusterMessage, decodeClusterMessage, encodeClusterMessage } from '../../../src/relay/cluster-message.js'
import { decodeSignal, encodeSignal } from '../../../src/transport/channel-signal.js'
import { frameCount, frameOf, PIECE_BYTES, Reassembly } from '../../../src/transport/frames.js'
import { id } from '../../../src/wire/arbitraries.js'
import {
  decodeRelayFrame,
  encodeRelayFrame,
  LARGEST_PACKET_BYTES,
  type RelayFrame,
  WireError,
} from '../../../src/wire/index.js'
import { damaged } from '../bytes.js'
import type { Dice } from '../dice.js'
import { json, textBytes } from '../json.js'
import { damagedOf, samplesOf, stepsIn, stepsOf } from '../sources.js'
import { checkRoundTrip, readOr, type Target, Wrong } from '../target.js'
import { mutated } from '../trees.js'

const address = fc.record(
  { replica: id, incarnation: fc.integer({ min: 1, max: 2 ** 32 - 1 }) },
  { noNullPrototype: true },
)
const addresses = fc.uniqueArray(address, { minLength: 1, maxLength: 6, selector: ({ replica }) => replica })
const body = fc.uint8Array({ maxLength: 200 })
const room = fc.string({ minLength: 1, maxLength: 30 })
const rate = fc.constantFrom({ bytesPerSecond: 1, framesPerSecond: 2 ** 32 - 1 })

const relayFrame: fc.Arbitrary<RelayFrame> = fc.oneof(
  fc
    .tuple(address, room, fc.constantFrom('', 'a.b.c'))
    .map(([self, name, token]) => ({ kind: 'join' as const, self, room: name, token })),
  fc
    .tuple(fc.constantFrom('datagram' as const, 'signal' as const), address, body)
    .map(([kind, peer, bytes]) => ({ kind, peer, body: bytes })),
  fc.tuple(addresses, body).map(([peers, bytes]) => ({ kind: 'cast' as const, peers, body: bytes })),
  fc.tuple(rate, addresses).map(([it, peers]) => ({ kind: 'joined' as const, rate: it, peers })),
  fc.tuple(fc.constantFrom('came' as const, 'went' as const), address).map(([kind, peer]) => ({ kind, peer })),
)

/** Sound ones of every kind. */
export const relayFrames = (): readonly Uint8Array[] => samplesOf(relayFrame).map(encodeRelayFrame)

const version = fc.integer({ min: 0, max: 2 ** 48 - 1 })
const seat = fc.tuple(address, version).map(([self, takenAtMs]) => ({ self, takenAtMs }))
const change = fc
  .tuple(id, room, version, version)
  .map(([relay, name, before, after]) => ({ relay, room: name, before, version: after }))

const clusterMessage: fc.Arbitrary<ClusterMessage> = fc.oneof(
  fc.tuple(id, fc.boolean(), fc.array(fc.tuple(room, version), { maxLength: 5 })).map(([relay, asking, rooms]) => ({
    kind: 'beat' as const,
    relay,
    asking,
    rooms: rooms.map(([name, it]) => ({ room: name, version: it })),
  })),
  fc.tuple(id, room).map(([relay, name]) => ({ kind: 'ask' as const, relay, room: name })),
  fc
    .tuple(id, room, version, fc.uniqueArray(seat, { maxLength: 5, selector: ({ self }) => self.replica }))
    .map(([relay, name, it, seats]) => ({ kind: 'seats' as const, relay, room: name, version: it, seats })),
  fc.tuple(change, seat).map(([it, taken]) => ({ kind: 'came' as const, ...it, seat: taken })),
  fc.tuple(change, address).map(([it, peer]) => ({ kind: 'went' as const, ...it, peer })),
  fc
    .tuple(fc.constantFrom('datagram' as const, 'signal' as const), id, room, address, addresses, body)
    .map(([kind, relay, name, from, to, bytes]) => ({ kind, relay, room: name, from, to, body: bytes })),
  id.map((relay) => ({ kind: 'bye' as const, relay })),
)

/** Pieces of packets of a few sizes, some of which come whole. */
const pieces = (): readonly Uint8Array[] =>
  [0, 1, 100, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES].flatMap((bytes, packet) =>
    Array.from({ length: frameCount(bytes) }, (_, index) => frameOf(new Uint8Array(bytes).fill(packet), packet, index)),
  )

const signals = [
  { type: 'offer', sdp: 'v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n' },
  { type: 'answer', sdp: '' },
  { type: 'request' },
  { type: 'candidate', candidate: { candidate: 'candidate:1 1 udp 1 ::1 9 typ host', sdpMLineIndex: 0, sdpMid: null } },
]

const changedSignal = (dice: Dice): Uint8Array => {
  const text = textBytes(mutated(dice, json, dice.of(signals), dice.of(signals)))
  const bytes = new Uint8Array(4 + text.length)
  bytes.set(text, 4)
  return dice.onceIn(3) ? damaged(dice, bytes, bytes) : bytes
}

/** What links, relays and the relays of one service say to each other. */
export const frames: readonly Target[] = [
  {
    name: 'relay-frame',
    share: 12,
    source: () => damagedOf(relayFrames()),
    subject: () => (input) => {
      const read = readOr(WireError, () => decodeRelayFrame(input))
      if (read !== undefined) checkRoundTrip(read, encodeRelayFrame, decodeRelayFrame)
    },
  },
  {
    name: 'cluster-message',
    share: 8,
    source: () => damagedOf(samplesOf(clusterMessage).map(encodeClusterMessage)),
    subject: () => (input) => {
      const read = readOr(WireError, () => decodeClusterMessage(input))
      if (read !== undefined) checkRoundTrip(read, encodeClusterMessage, decodeClusterMessage)
    },
  },
  {
    name: 'signal',
    share: 6,
    source: () => changedSignal,
    subject: () => (input) => {
      const signal = decodeSignal(input)
      if (signal === undefined) return
      const again = encodeSignal(signal.session, signal.description)
      // What was escaped may be longer than it came.
      if (again !== undefined && decodeSignal(again)?.session !== signal.session)
        throw new Wrong('it is read otherwise')
    },
  },
  {
    name: 'link-frames',
    share: 4,
    source() {
      const sound = pieces()
      return stepsOf(12, (dice) => (dice.onceIn(3) ? dice.of(sound) : damaged(dice, dice.of(sound), dice.of(sound))))
    },
    subject() {
      const reassembly = new Reassembly()
      let nowMs = 0
      return (input) => {
        for (const { what, bytes } of stepsIn(input)) {
          nowMs += what
          const packet = reassembly.accept(bytes, nowMs)
          if (packet !== undefined && packet.length > LARGEST_PACKET_BYTES) throw new Wrong('a packet beyond the limit')
          reassembly.expire(nowMs)
        }
      }
    },
  },
]

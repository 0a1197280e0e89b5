import { Encoder } from 'cbor-x/encode'
import {
  MAX_AFTER,
  MAX_BALLOT,
  MAX_COMMANDS_PER_BATCH,
  MAX_CONFLICTS,
  MAX_FETCH,
  MAX_KEY_CODE_UNITS,
  MAX_RECOVER,
  MAX_SPANS_PER_COMMAND,
  MAX_SWEEP_BYTES,
  MAX_VOTERS,
} from '../core/index.js'
import { MAX_DIGEST_PARTS, MAX_PART_CODE_UNITS, MAX_SINCE_CODE_UNITS, MAX_WANTED_CHUNKS } from '../member/index.js'
import {
  MAX_BATCHES,
  MAX_CHUNK_BYTES,
  MAX_CHUNKS,
  MAX_EPOCH,
  MAX_INCARNATION,
  MAX_MESSAGES_PER_PACKET,
  MAX_NUMBER,
  MAX_PACKET_BYTES,
  MAX_PRESENCE_BYTES,
  MAX_PRESENCE_TABS,
  MAX_VERSION,
} from './limits.js'

/**
 * Test equipment: packets that a peer must refuse. The layout of every packet is written out here a
 * second time, independently of the codecs, as trees whose nodes know what is wrong in their place.
 */
interface Node {
  readonly children: readonly Node[]
  /** The right value, given the children's values. */
  readonly raw: (children: readonly unknown[]) => unknown
  /** Values that must be refused where this node stands. */
  readonly wrong: readonly unknown[]
}

const options = { useRecords: false, tagUint8Array: false }
const cbor = new Encoder(options)
const encode = (raw: unknown): Uint8Array => new Uint8Array(cbor.encode(raw))

const build = (node: Node): unknown => node.raw(node.children.map(build))

/** Every tree that differs from the right one in a single place, where it is wrong. */
function* mutants(node: Node): Generator<unknown> {
  yield* node.wrong
  for (const [index, child] of node.children.entries()) {
    for (const mutant of mutants(child)) {
      yield node.raw(node.children.map((other, i) => (i === index ? mutant : build(other))))
    }
  }
}

const leaf = (value: unknown, wrong: readonly unknown[]): Node => ({ children: [], raw: () => value, wrong })

/** Bigints are what the encoder writes as integers of eight bytes. */
const whole = (value: number): unknown => (value > 0xffffffff ? BigInt(value) : value)

/** Refused wherever an integer, a byte string or an array is expected. */
const wrongEverywhere = [
  true,
  undefined,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2 ** 53,
  2n ** 53n,
  2n ** 64n,
  -(2n ** 70n),
  'text',
  {},
  { length: 1, 0: 1 },
  new Map([[1, 2]]),
  new Date(0),
  /x/,
  new Set([1]),
]

const integer = (value: number, min: number, max: number): Node =>
  leaf(whole(value), [...wrongEverywhere, null, [], new Uint8Array(1), ...(min > 0 ? [min - 1] : []), whole(max + 1)])

/** The lowest ballot of round 1, which is slot 0's. */
const ROUND_1 = 16
const ballot = (value: number, ...wrong: readonly number[]): Node =>
  leaf(whole(value), [
    ...wrongEverywhere,
    null,
    [],
    new Uint8Array(1),
    5,
    ROUND_1 + MAX_VOTERS,
    whole(MAX_BALLOT + 1),
    ...wrong,
  ])

const flag = (value: boolean): Node => leaf(value, [...wrongEverywhere.slice(1), null, 0, 1, [], new Uint8Array(1)])

const bytes = (value: Uint8Array, ...wrong: readonly unknown[]): Node =>
  leaf(value, [...wrongEverywhere, 0, [], ...wrong])

/** Of the wire format. */
const VERSION = 7

const ID = Uint8Array.from({ length: 16 }, (_, i) => i * 17)
const ZEROS = new Uint8Array(16)
const ONES = new Uint8Array(16).fill(1)
const id: Node = bytes(ID, null, ID.subarray(1), new Uint8Array(17), new Uint8Array(0))

const utf8 = new TextEncoder()
const key = (name: string, ...wrong: readonly unknown[]): Node =>
  bytes(
    utf8.encode(name),
    Uint8Array.of(0xc3, 0x28),
    Uint8Array.of(0xed, 0xa0, 0x80),
    Uint8Array.of(0xff),
    utf8.encode('k'.repeat(MAX_KEY_CODE_UNITS + 1)),
    ...wrong,
  )

const array = (raw: readonly unknown[], children: readonly Node[], wrong: readonly unknown[]): Node => ({
  children,
  raw: (values) => values,
  wrong: [...wrongEverywhere, 1, new Uint8Array(1), [...raw, false], ...wrong],
})

/** An array that stands for an object: one element more or less is wrong. */
const fixed = (...children: readonly Node[]): Node => {
  const raw = children.map(build)
  return array(raw, children, [raw.slice(0, -1), [...raw, 0], []])
}

const list = (element: Node, min: number, max: number): Node => {
  const one = build(element)
  return array([one], [element], [new Array(max + 1).fill(one), ...(min > 0 ? [[]] : [])])
}

/** An array of one element, which may not stand there a second time. */
const twiceIsWrong = (element: Node): Node => {
  const one = build(element)
  return array([one], [element], [[one, one]])
}

const optional = (node: Node): Node => ({ ...node, wrong: node.wrong.filter((wrong) => wrong !== null) })

/** Null in its place is wrong: the field is not optional. */
const present = (node: Node): Node => ({ ...node, wrong: [...node.wrong, null] })

const epoch = integer(3, 0, MAX_EPOCH)
const slot = integer(1, 0, MAX_VOTERS - 1)
const number = integer(7, 1, MAX_NUMBER)
/** As the first one of a packet is told. */
const instance = present(fixed(epoch, slot, number))
/** A number that is told as its step from one before: twice it, or one less than that where it goes down. */
const step = (from: number, to: number, min: number, max: number): Node => {
  const folded = (value: number): number => (value < from ? 2 * (from - value) - 1 : 2 * (value - from))
  return leaf(whole(folded(to)), [
    ...wrongEverywhere,
    ...[null, [], new Uint8Array(1), whole(folded(min - 1)), whole(folded(max + 1))],
  ])
}
/** One that no vector was told before. */
const deps = list(step(0, 5, 0, MAX_NUMBER), 1, MAX_VOTERS)
/** The next one, and the one after that. */
const nextDeps = list(step(5, 3, 0, MAX_NUMBER), 1, MAX_VOTERS)
const thirdDeps = list(step(3, 9, 0, MAX_NUMBER), 1, MAX_VOTERS)
const span = fixed(integer(1, 0, 1), key('seat/12', null))
const range = fixed(integer(2, 2, 3), key('a', null, utf8.encode('b')), key('b', utf8.encode('a')))
/** Those of a client's commands that its command 20 comes after, as how far: ascending, and no more than may be named. */
const after = array(
  [16, 1],
  [integer(16, 2, 19), integer(1, 1, 15)],
  [[1, 16], Array.from({ length: MAX_AFTER + 1 }, (_, i) => 19 - i)],
)
const commandOver = (spanOf: Node, session: readonly [Node, Node] = [id, integer(20, 17, 2 ** 53 - 1)]): Node =>
  fixed(
    present(list(spanOf, 0, MAX_SPANS_PER_COMMAND)),
    bytes(new Uint8Array(8), null),
    ...session,
    // How far below its own sequence: all of them, at most.
    integer(0, 0, 19),
    present(after),
  )
/** Bytes in its place would be a sweep. */
const notBytes = (node: Node): Node => ({ ...node, wrong: node.wrong.filter((it) => !(it instanceof Uint8Array)) })
const batchOver = (spanOf: Node): Node => notBytes(list(commandOver(spanOf), 1, MAX_COMMANDS_PER_BATCH))
const batch = batchOver(span)
const rangeBatch = batchOver(range)
/** Two of one session, which is told once; of the second one how far it is from the first. */
const sessionBatch = ((): Node => {
  const both = [commandOver(span), commandOver(span, [integer(0, 0, 0), step(20, 20, 17, 2 ** 53 - 1)])]
  return array(both.map(build), both.map(present), [])
})()
const configuration = fixed(
  epoch,
  present(list(id, 1, MAX_VOTERS)),
  integer(4, 1, MAX_VERSION),
  integer(1, 1, MAX_VERSION),
)
/** Rows beside one voter, and numbers in a row, that are out of order. */
const executed = fixed(present(deps), present(twiceIsWrong(present(twiceIsWrong(integer(7, 7, MAX_NUMBER))))))
const snapshotHeader = fixed(
  configuration,
  present(executed),
  // As many as fit in one chunk.
  integer(MAX_CHUNK_BYTES, 0, MAX_CHUNK_BYTES),
  present(list(integer(1, 0, 2 ** 32 - 1), 0, MAX_CHUNKS)),
)
const sweep = leaf(new Uint8Array(8), [...wrongEverywhere, 1, [], new Uint8Array(MAX_SWEEP_BYTES + 1)])
const conflict = fixed(slot, number, flag(true))

/** The kinds of message about one instance, by their codes. */
const bodies: readonly (readonly [kind: number, ...fields: Node[]])[] = [
  [0, present(batch), present(deps)],
  [0, present(notBytes(sessionBatch)), present(deps)],
  [0, present(sweep), present(deps)],
  [0, present(notBytes(configuration)), present(deps)],
  [1, present(deps)],
  [2, ballot(0), present(rangeBatch), present(deps)],
  [3, ballot(ROUND_1)],
  [4, ballot(ROUND_1 + 8)],
  [5, batch, present(deps)],
  [7, ballot(ROUND_1 * 9, 0), ballot(0, ROUND_1), integer(1, 0, 3), present(batch), present(deps), present(nextDeps)],
  [8, ballot(ROUND_1, 0), present(batch), present(deps)],
  [9, ballot(ROUND_1, 0), present(list(conflict, 0, MAX_CONFLICTS))],
  [10, integer(2, 0, MAX_VOTERS)],
]

const code = (value: number): Node => leaf(value, [...wrongEverywhere, null, [], 26, 255])

const upTo = integer(0, 0, MAX_NUMBER)
const uint32 = integer(9, 0, 2 ** 32 - 1)
const partOf = (name: string): unknown => [utf8.encode(name), 9]
const part = (name: string, ...wrong: readonly string[]): Node => {
  const tooLong = name.repeat(MAX_PART_CODE_UNITS + 1)
  return present(fixed(key(name, null, ...[tooLong, ...wrong].map((it) => utf8.encode(it))), uint32))
}
/** Names that ascend: neither may stand in the other's place. */
const parts = array(
  [partOf('a'), partOf('b')],
  [part('a', 'b', 'c'), part('b', 'a', '')],
  [Array.from({ length: MAX_DIGEST_PARTS + 1 }, (_, i) => partOf(String.fromCharCode(0x100 + i)))],
)
const place = bytes(utf8.encode('seal 3'), Uint8Array.of(0xff), utf8.encode('s'.repeat(MAX_SINCE_CODE_UNITS + 1)))
const counted = [uint32, present(parts), place] as const
const snapshot = integer(6, 0, 2 ** 53 - 1)
const chunkIndex = integer(2, 0, MAX_CHUNKS - 1)

const messages: readonly Node[] = [
  ...bodies.map(([kind, ...fields]) => fixed(code(kind), instance, ...fields)),
  fixed(code(6), epoch, slot, number, integer(7 + MAX_RECOVER - 1, 7, 7 + MAX_RECOVER - 1), ballot(ROUND_1, 0)),
  fixed(code(11), epoch, slot, number, integer(7 + MAX_FETCH - 1, 7, 7 + MAX_FETCH - 1)),
  fixed(code(12), epoch, upTo, present(deps), present(nextDeps), present(fixed(present(thirdDeps), upTo))),
  fixed(code(13), epoch, flag(true), present(deps)),
  fixed(code(14), epoch, slot, number),
  fixed(code(15), integer(2, 0, 2), present(configuration), deps),
  fixed(code(16), present(commandOver(span))),
  fixed(code(17), optional(epoch)),
  fixed(code(18), snapshot, present(snapshotHeader)),
  fixed(
    code(19),
    snapshot,
    integer(3, 0, MAX_CHUNKS - 1),
    integer(3 + MAX_WANTED_CHUNKS - 1, 3, 3 + MAX_WANTED_CHUNKS - 1),
  ),
  fixed(code(20), snapshot, chunkIndex, bytes(new Uint8Array(8), null, new Uint8Array(MAX_CHUNK_BYTES + 1))),
  fixed(code(21)),
  fixed(code(22)),
  fixed(code(23), epoch, present(deps), ...counted, optional(fixed(...counted, present(place)))),
  fixed(code(24)),
  fixed(code(25), epoch),
]

const incarnation = integer(1, 1, MAX_INCARNATION)
const batches = integer(9, 0, MAX_BATCHES)
const start = present(fixed(integer(2, 2, 2), id, integer(9, 5, MAX_BATCHES)))
const anyStart = present(fixed(incarnation, id, batches))
const earlier = present(list(fixed(integer(1, 1, 1), id, integer(5, 0, 9)), 1, 1))
const version = leaf(VERSION, [...wrongEverywhere, null, [], 0, 1, 2, 3, 4, 5, 6, 8, 255])
const packetKind = (value: number): Node => leaf(value, [...wrongEverywhere, null, [], 4, 255])
const standing = fixed(
  flag(true),
  id,
  integer(1000, 0, 2 ** 53 - 1),
  present(fixed(integer(2, 1, 3), integer(3, 2, MAX_VERSION))),
  present(fixed(integer(1, 1, 4), integer(4, 1, MAX_VERSION))),
)

/** One tab shows one value. */
const presence = array(
  [[ID, new Uint8Array(2)]],
  [present(fixed(id, bytes(new Uint8Array(2), null, new Uint8Array(MAX_PRESENCE_BYTES + 1))))],
  [
    [
      [ID, new Uint8Array(2)],
      [ID, new Uint8Array(3)],
    ],
    Array.from({ length: MAX_PRESENCE_TABS + 1 }, (_, i) => [new Uint8Array(16).fill(i), new Uint8Array(2)]),
  ],
)

/** Two messages about one row, of which the second says how far its number is from the first. */
const inARow = [fixed(code(1), instance, present(deps)), fixed(code(1), step(7, 8, 1, MAX_NUMBER), present(nextDeps))]

const packets: readonly Node[] = [
  fixed(
    version,
    present(fixed(packetKind(0), id, incarnation, batches, present(array(inARow.map(build), inARow.map(present), [])))),
  ),
  ...messages.map((message) =>
    fixed(
      version,
      present(
        fixed(packetKind(0), id, incarnation, batches, present(list(present(message), 1, MAX_MESSAGES_PER_PACKET))),
      ),
    ),
  ),
  fixed(version, present(fixed(packetKind(1), start, earlier, id, configuration, present(standing), flag(false)))),
  fixed(version, present(fixed(packetKind(2), id, incarnation, anyStart, anyStart))),
  fixed(version, present(fixed(packetKind(3), id, incarnation, present(presence)))),
]

const packetOf = (...message: readonly unknown[]): unknown => [VERSION, [0, ID, 1, 0, [message]]]

const greetingOf = (start: unknown, earlier: readonly unknown[], configuration: unknown = null): unknown => [
  VERSION,
  [1, start, earlier, ID, configuration, [true, ID, 0, [1, 1], [4, 4]], true],
]

/** The starts of these counts, as they would follow each other. */
const startsOf = (from: number, to: number): readonly unknown[] =>
  Array.from({ length: to - from + 1 }, (_, i) => [from + i, ID, 0])

/** Each field is right by itself, and they contradict each other. */
const contradictions: readonly unknown[] = [
  // recover-ok: voted above promised; voted, yet only pre-accepted; phase none with a value, with initial deps;
  // accepted without a value, without deps; pre-accepted without initial deps.
  packetOf(7, [0, 0, 1], 16, 32, 2, 0, [0], [0]),
  packetOf(7, [0, 0, 1], 32, 16, 1, 0, [0], [0]),
  packetOf(7, [0, 0, 1], 32, 16, 0, null, null, null),
  packetOf(7, [0, 0, 1], 16, 0, 0, 0, null, null),
  packetOf(7, [0, 0, 1], 16, 0, 0, null, null, [0]),
  packetOf(7, [0, 0, 1], 16, 0, 2, null, [0], [0]),
  packetOf(7, [0, 0, 1], 16, 0, 2, 0, null, [0]),
  packetOf(7, [0, 0, 1], 16, 0, 1, 0, [0], null),
  // A no-op where only commands can be, in pre-accept and validate.
  packetOf(0, [0, 0, 1], 0, [0]),
  packetOf(8, [0, 0, 1], 16, 0, [0]),
  // fetch, recover: backwards.
  packetOf(11, 0, 0, 2, 1),
  packetOf(6, 0, 0, 2, 1, 16),
  // Vectors of two lengths: recover-ok, frontier (its three).
  packetOf(7, [0, 0, 1], 16, 0, 1, 0, [0, 0], [0]),
  packetOf(12, 0, 0, [0, 0], [0], [[0, 0], 0]),
  packetOf(12, 0, 0, [0, 0], [0, 0], [[0], 0]),
  // Voters out of order, and one named twice: in a greeting, in a seal.
  greetingOf([1, ID, 0], [], [0, [ONES, ZEROS], 1, 1]),
  greetingOf([1, ID, 0], [], [0, [ID, ID], 1, 1]),
  packetOf(0, [0, 0, 1], [1, [ONES, ZEROS], 1, 1], [0]),
  // An epoch that is over, and the same one again.
  packetOf(15, 1, [1, [ID], 1, 1], [0]),
  // A snapshot of one row for two voters, with more bytes than chunks can hold; chunks backwards.
  packetOf(18, 0, [[0, [ZEROS, ONES], 1, 1], [[0], [[]]], 0, []]),
  packetOf(18, 0, [[0, [ID], 1, 1], [[0], [[]]], 1, []]),
  packetOf(19, 0, 2, 1),
  // A first start after another one; a later one after none, after too few, too many, or with one left out; in disorder.
  greetingOf([1, ID, 0], startsOf(1, 1)),
  greetingOf([2, ID, 0], []),
  greetingOf([40, ID, 0], startsOf(26, 39)),
  greetingOf([40, ID, 0], startsOf(24, 39)),
  greetingOf([40, ID, 0], [...startsOf(24, 30), ...startsOf(32, 39)]),
  greetingOf([3, ID, 0], startsOf(1, 2).toReversed()),
]

const nested = (depth: number): Uint8Array => new Uint8Array(depth + 1).fill(0x81, 0, depth)

const withHeader = (header: readonly number[], bytesAfter: number): Uint8Array => {
  const packet = new Uint8Array(header.length + bytesAfter)
  packet.set(header)
  return packet
}

const LARGE_BYTES = 1024 * 1024

/** Bytes that are wrong before any field is looked at. */
const malformed = (): Uint8Array[] => [
  new Uint8Array(0),
  nested(9),
  nested(100_000),
  withHeader([0x9b, 0, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 8),
  withHeader([0x9a, 0xff, 0xff, 0xff, 0xff], 8),
  withHeader([0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], 8),
  withHeader([0x5a, 0xff, 0xff, 0xff, 0xff], 8),
  withHeader([0x82, VERSION, 0x9a, 0, 0x0f, 0xff, 0xf0], LARGE_BYTES),
  // A big integer of a megabyte, by the tag that makes decoders build it.
  withHeader([0x82, VERSION, 0xc2, 0x5a, 0, 0x10, 0, 0], LARGE_BYTES),
  // Records, packed values, shared references, dates, typed arrays: the decoder's extensions.
  ...[0xd9dfff, 0xd9dffe, 0xd9dff9, 0xd833, 0xd81c, 0xd81d, 0xc1, 0xc0, 0xc6, 0xd840, 0xd84e, 0xd90102, 0xd9d9f7].map(
    (tag) =>
      Uint8Array.from([
        0x82,
        VERSION,
        ...(tag.toString(16).match(/../g) ?? []).map((hex) => Number.parseInt(hex, 16)),
        0x82,
        0x01,
        0x02,
      ]),
  ),
  // Indefinite lengths, reserved lengths, a break.
  ...[0x9f, 0x5f, 0x7f, 0xbf, 0xff, 0x1f, 0x1c, 0x9e, 0xfc].map((head) =>
    Uint8Array.of(0x82, VERSION, head, 0x01, 0xff),
  ),
  // Floats of each size, undefined, unknown simple values.
  Uint8Array.of(0xf9, 0x3c, 0x00),
  Uint8Array.of(0xfa, 0x3f, 0x80, 0x00, 0x00),
  Uint8Array.of(0xfb, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0),
  Uint8Array.of(0xf7),
  Uint8Array.of(0xf8, 0x20),
  Uint8Array.of(0xe0),
  withHeader([0x82, VERSION, 0x5a, 0, 0x20, 0, 0], MAX_PACKET_BYTES),
]

/** One well-formed packet of every kind, as bytes. */
export const soundPackets = (): Uint8Array[] => packets.map((packet) => encode(build(packet)))

/**
 * Packets that `decodePacket` must refuse with a `WireError`, each wrong in one way: every field of every
 * packet with every kind of wrong value, contradictions between fields, bytes that are no CBOR or more
 * than CBOR, every packet cut short at every byte, and with a byte too many. Some six thousand, the same each time.
 */
export function* hostilePackets(): Iterable<Uint8Array> {
  for (const packet of packets) for (const mutant of mutants(packet)) yield encode(mutant)
  for (const contradiction of contradictions) yield encode(contradiction)
  yield* malformed()
  for (const sound of soundPackets()) {
    for (let end = 0; end < sound.length; end++) yield sound.slice(0, end)
    yield Uint8Array.from([...sound, 0])
  }
}

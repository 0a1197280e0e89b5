import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Batch,
  MAX_AFTER,
  MAX_COMMANDS_PER_BATCH,
  MAX_KEY_CODE_UNITS,
  MAX_PAYLOAD_BYTES,
  MAX_SPANS_PER_COMMAND,
  MAX_SWEEP_BYTES,
  MAX_VOTERS,
  type PreAccept,
  writeRange,
} from '../core/index.js'
import { MAX_DIGEST_PARTS, MAX_PART_CODE_UNITS, MAX_SINCE_CODE_UNITS, type MemberMessage } from '../member/index.js'
import { key, packet } from './arbitraries.js'
import { hostilePackets, soundPackets } from './hostile.js'
import {
  decodePacket,
  encodePacket,
  LARGEST_PACKET_BYTES,
  MAX_MESSAGES_PER_PACKET,
  MAX_PACKET_BYTES,
  MAX_PRESENCE_BYTES,
  MAX_PRESENCE_TABS,
  type Packet,
  packetBytesFor,
  WIRE_VERSION,
  WireError,
} from './index.js'
import { MAX_CHUNK_BYTES, MAX_CHUNKS, MAX_EPOCH, MAX_NUMBER } from './limits.js'

const GROUP = '000102030405060708090a0b0c0d0e0f'

const packetOf = (...messages: readonly MemberMessage[]): Packet => ({
  kind: 'messages',
  group: GROUP,
  incarnation: 1,
  batches: 0,
  messages,
})

const preAccept = (name: string, payload: Uint8Array = new Uint8Array(64)): PreAccept & { value: Batch } => ({
  kind: 'pre-accept',
  epoch: 0,
  instance: { slot: 1, number: 1000 },
  value: {
    kind: 'commands',
    commands: [
      {
        spans: [{ kind: 'key', write: true, key: name }],
        payload,
        session: GROUP,
        sequence: 1000,
        acknowledged: 999,
        after: [],
      },
    ],
  },
  deps: [999, 999, 999],
})

const refusal = (action: () => unknown): WireError => {
  try {
    action()
  } catch (error) {
    if (error instanceof WireError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('every packet comes back as it was sent [K18]', () => {
  fc.assert(
    fc.property(packet, (sent) => {
      expect(decodePacket(encodePacket(sent))).toStrictEqual(sent)
    }),
    { numRuns: 1000 },
  )
})

test('a packet of every kind has the written-down layout, byte for byte', () => {
  for (const sound of soundPackets()) expect(encodePacket(decodePacket(sound))).toStrictEqual(sound)
})

test('every field of every packet with every kind of wrong value is refused with a WireError', () => {
  let refused = 0
  for (const hostile of hostilePackets()) {
    expect(() => decodePacket(hostile), Buffer.from(hostile.subarray(0, 200)).toString('hex')).toThrow(WireError)
    refused++
  }
  expect(refused).toBeGreaterThan(6000)
})

test('random bytes are refused with a WireError or make a packet that can be sent again', () => {
  const random = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((rest) => Uint8Array.from([0x82, WIRE_VERSION, ...rest])),
  )
  fc.assert(fc.property(random, checkAnswer), { numRuns: 5000 })
})

test('a packet damaged anywhere is refused with a WireError or makes a packet that can be sent again', () => {
  const damage = fc.record({
    at: fc.nat(),
    kind: fc.constantFrom('flip', 'insert', 'remove'),
    byte: fc.integer({ min: 1, max: 255 }),
  })
  fc.assert(
    fc.property(packet, fc.array(damage, { minLength: 1, maxLength: 4 }), (sent, damages) => {
      const bytes = Array.from(encodePacket(sent))
      for (const { at, kind, byte } of damages) {
        const index = at % bytes.length
        if (kind === 'flip') bytes[index] = (bytes[index] as number) ^ byte
        else bytes.splice(index, kind === 'remove' ? 1 : 0, ...(kind === 'insert' ? [byte] : []))
      }
      checkAnswer(Uint8Array.from(bytes))
    }),
    { numRuns: 3000 },
  )
})

/** Anything but a WireError, and any packet that is not well formed, fails the test. */
const checkAnswer = (bytes: Uint8Array): void => {
  let received: Packet
  try {
    received = decodePacket(bytes)
  } catch (error) {
    expect(error).toBeInstanceOf(WireError)
    return
  }
  expect(decodePacket(encodePacket(received))).toStrictEqual(received)
}

test('what is sent has a buffer of its own, which later packets do not touch', () => {
  const first = encodePacket(packetOf(preAccept('a')))
  const copy = first.slice()
  for (let i = 0; i < 500; i++) encodePacket(packetOf(preAccept('b', new Uint8Array(100).fill(i))))
  expect(first).toStrictEqual(copy)
  expect(first.buffer.byteLength).toBe(first.length)
})

test('what is received shares no memory with the bytes it came in, a Buffer included', () => {
  const sent = packetOf(preAccept('a', new Uint8Array(64).fill(7)))
  const bytes = Buffer.from(encodePacket(sent))
  const received = decodePacket(bytes)
  bytes.fill(0)
  expect(received).toStrictEqual(sent)
  expect(Object.keys(bytes)).toHaveLength(bytes.length)
})

test('every key with a UTF-8 form survives, and half a surrogate pair is refused when it is sent', () => {
  fc.assert(
    fc.property(key, (name) => {
      const received = decodePacket(encodePacket(packetOf(preAccept(name))))
      expect(received).toStrictEqual(packetOf(preAccept(name)))
    }),
  )
  for (const name of ['\ud800', 'a\udc00b', `${'k'.repeat(100)}\udbff`]) {
    const error = refusal(() => encodePacket(packetOf(preAccept(name))))
    expect(error).toMatchObject({ code: 'shape', path: 'messages[0].value[0].spans[0].key' })
  }
})

test('a committed instance may answer a ballot below its own vote, an accepted one has promised the answered one', () => {
  const answer = (phase: 'accepted' | 'committed'): MemberMessage => ({
    kind: 'recover-ok',
    epoch: 0,
    instance: { slot: 0, number: 1 },
    ballot: 16,
    votedBallot: 18,
    phase,
    value: { kind: 'noop' },
    deps: [0, 0, 0],
    initDeps: undefined,
  })
  expect(decodePacket(encodePacket(packetOf(answer('committed'))))).toStrictEqual(packetOf(answer('committed')))
  expect(refusal(() => encodePacket(packetOf(answer('accepted')))).code).toBe('rule')
})

test('an error names the field, the value and the limit', () => {
  const ok: MemberMessage = { kind: 'pre-accept-ok', epoch: 0, instance: { slot: 0, number: 1 }, deps: [1, 2] }
  const error = refusal(() => encodePacket(packetOf(ok, ok, ok, { ...ok, deps: [1, 2 ** 48 + 1] })))
  expect(error).toMatchObject({ name: 'WireError', code: 'range', path: 'messages[3].deps[1]' })
  expect(error.message).toBe('messages[3].deps[1]: 281474976710657 is not from 0 to 281474976710656')
})

test.each([
  [WIRE_VERSION - 1, [WIRE_VERSION - 1], 'the sender has to be updated'],
  [WIRE_VERSION + 1, [WIRE_VERSION + 1], 'this program has to be updated'],
  [200, [0x18, 200], 'this program has to be updated'],
])('a packet of wire version %i is told apart from a broken one, whatever is in it: %j, %s', (version, head, cure) => {
  // What follows is a map.
  const error = refusal(() => decodePacket(Uint8Array.of(0x82, ...head, 0xa0)))
  expect(error).toMatchObject({ code: 'version', version })
  expect(error.message).toContain(cure)
})

test('a broken packet of this wire version is no packet of another one', () => {
  const codes = [
    [0x83, WIRE_VERSION, 0x00, 0x00],
    [0x81, WIRE_VERSION],
    [0x82, WIRE_VERSION, 0xa0],
    [0x82, WIRE_VERSION],
    [0x82, 0x19, 0x00, WIRE_VERSION, 0x80],
    [0x82],
    [0x05],
  ].map((bytes) => refusal(() => decodePacket(Uint8Array.from(bytes))).code)
  expect(codes).toEqual(['shape', 'shape', 'structure', 'structure', 'shape', 'structure', 'shape'])
})

test('the age of a member travels in whole milliseconds, and an endless one not at all', () => {
  const greetingOf = (ageMs: number): Packet => ({
    kind: 'greeting',
    start: { count: 1, nonce: GROUP, batches: 0 },
    earlier: [],
    group: GROUP,
    configuration: undefined,
    standing: { durable: true, place: GROUP, ageMs, stateVersions: [1, 1], wireVersions: [1, 4] },
    answer: false,
  })
  expect(decodePacket(encodePacket(greetingOf(1234.9)))).toStrictEqual(greetingOf(1234))
  for (const ageMs of [Number.POSITIVE_INFINITY, Number.NaN, -0.1]) {
    expect(refusal(() => encodePacket(greetingOf(ageMs))).path).toBe('standing.ageMs')
  }
})

test('a command of 1 MiB passes, one of 8 MiB where the limit was raised, one byte more never', () => {
  for (const [payloadBytes, limitBytes] of [
    [1024 * 1024, MAX_PACKET_BYTES],
    [MAX_PAYLOAD_BYTES, LARGEST_PACKET_BYTES],
  ] as const) {
    const bytes = encodePacket(packetOf(preAccept('k', new Uint8Array(payloadBytes))), limitBytes)
    expect(decodePacket(bytes, limitBytes).kind).toBe('messages')
  }
  const large = packetOf(preAccept('k', new Uint8Array(MAX_PAYLOAD_BYTES)))
  expect(refusal(() => encodePacket(large)).code).toBe('too-large')
  expect(refusal(() => decodePacket(encodePacket(large, LARGEST_PACKET_BYTES))).code).toBe('too-large')
  const larger = packetOf(preAccept('k', new Uint8Array(MAX_PAYLOAD_BYTES + 1)))
  expect(refusal(() => encodePacket(larger, LARGEST_PACKET_BYTES)).code).toBe('range')
})

test('each limit itself passes', () => {
  const { value, ...rest } = preAccept('k'.repeat(MAX_KEY_CODE_UNITS), new Uint8Array(0))
  const [command] = value.commands
  if (command === undefined) throw new Error('the batch holds a command')
  const [span] = command.spans
  if (span === undefined) throw new Error('the command has a span')
  const wide = { ...command, spans: new Array(MAX_SPANS_PER_COMMAND).fill(span) }
  const long = { ...command, spans: [] }
  const batchOf = (commands: typeof value.commands): MemberMessage => ({
    ...rest,
    value: { kind: 'commands', commands },
  })
  const largestOffer: MemberMessage = {
    kind: 'offer',
    snapshot: Number.MAX_SAFE_INTEGER,
    header: {
      configuration: { number: 1, voters: [GROUP], wireVersion: 5, stateVersion: 1 },
      executed: { frontier: [0], beyond: [[]] },
      bytes: MAX_CHUNKS * MAX_CHUNK_BYTES,
      checksums: new Array(MAX_CHUNKS).fill(2 ** 32 - 1),
    },
  }
  const place = '\uffff'.repeat(MAX_SINCE_CODE_UNITS)
  const counted = {
    state: 2 ** 32 - 1,
    parts: Array.from(
      { length: MAX_DIGEST_PARTS },
      (_, i) => [`${i}`.padStart(MAX_PART_CODE_UNITS, '\uffff'), 2 ** 32 - 1] as const,
    ).sort(([a], [b]) => (a < b ? -1 : 1)),
    since: place,
  }
  const largestDigest: MemberMessage = {
    kind: 'digest',
    epoch: MAX_EPOCH,
    executed: new Array(MAX_VOTERS).fill(MAX_NUMBER),
    ...counted,
    ended: { ...counted, place },
  }
  const largestPresence = Array.from(
    { length: MAX_PRESENCE_TABS },
    (_, i) => [i.toString(16).padStart(32, '0'), new Uint8Array(MAX_PRESENCE_BYTES)] as const,
  )
  for (const sent of [
    packetOf(batchOf([wide])),
    packetOf(batchOf(new Array(MAX_COMMANDS_PER_BATCH).fill(long))),
    packetOf({ ...rest, value: { kind: 'sweep', payload: new Uint8Array(MAX_SWEEP_BYTES) } }),
    packetOf({ kind: 'chunk', snapshot: 1, index: MAX_CHUNKS - 1, bytes: new Uint8Array(MAX_CHUNK_BYTES) }),
    packetOf(largestOffer),
    packetOf(largestDigest),
    { kind: 'presence', group: GROUP, incarnation: 1, entries: largestPresence } as const,
    packetOf(...new Array(MAX_MESSAGES_PER_PACKET).fill(batchOf([long]))),
  ]) {
    const bytes = encodePacket(sent)
    // Compared as bytes: megabytes of them.
    expect(Buffer.from(encodePacket(decodePacket(bytes))).equals(bytes)).toBe(true)
  }
})

test('a sweep fits however small the commands are configured to be', () => {
  const largest: MemberMessage = {
    ...preAccept('k'),
    value: { kind: 'sweep', payload: new Uint8Array(MAX_SWEEP_BYTES) },
  }
  const bound = packetBytesFor(1024)
  expect(() => decodePacket(encodePacket(packetOf(largest), bound), bound)).not.toThrow()
})

test('a command of 64 bytes on one short key costs less than 128 bytes in a packet', () => {
  const one = encodePacket(packetOf(preAccept('0123456789'))).length
  const two = encodePacket(packetOf(preAccept('0123456789'), preAccept('0123456789'))).length
  expect(two - one).toBeLessThan(128)
})

test.each([1024 * 1024, MAX_PAYLOAD_BYTES])(
  'every command that may be proposed with %i bytes of payload fits',
  (bytes) => {
    // Three bytes per code unit is the most that UTF-8 takes.
    const end = (last: string): string => `${'\uffff'.repeat(MAX_KEY_CODE_UNITS - 1)}${last}`
    const spans = Array.from({ length: MAX_SPANS_PER_COMMAND }, () => writeRange(end('\ufffd'), end('\ufffe')))
    const largest = preAccept('k', new Uint8Array(bytes))
    const [command] = largest.value.commands
    if (command === undefined) throw new Error('a batch of one command has one')
    const sequence = Number.MAX_SAFE_INTEGER
    const after = Array.from({ length: MAX_AFTER }, (_, i) => sequence - MAX_AFTER + i)
    const message = { ...largest, value: { ...largest.value, commands: [{ ...command, spans, sequence, after }] } }
    const bound = packetBytesFor(bytes)
    expect(() => decodePacket(encodePacket(packetOf(message), bound), bound)).not.toThrow()
  },
)

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WireError } from './error.js'
import {
  type Address,
  CLOSE_CODES,
  closeReasonFor,
  closeReasonOf,
  decodeRelayFrame,
  encodeRelayFrame,
  MAX_BODY_BYTES,
  MAX_CAST_PEERS,
  MAX_RELAY_FRAME_BYTES,
  MAX_ROOM_BYTES,
  type RelayFrame,
} from './relay-frames.js'

const id = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
const incarnation = fc.integer({ min: 1, max: 2 ** 32 - 1 })
const address: fc.Arbitrary<Address> = fc.record({ replica: id, incarnation })
const room = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: MAX_ROOM_BYTES })
  .filter((text) => new TextEncoder().encode(text).length <= MAX_ROOM_BYTES)
const token = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 300,
})
const rate = fc.integer({ min: 1, max: 2 ** 32 - 1 })
const frame: fc.Arbitrary<RelayFrame> = fc.oneof(
  fc.record({ kind: fc.constant('join' as const), self: address, token, room }),
  fc.record({ kind: fc.constantFrom('datagram' as const, 'signal' as const), peer: address, body: fc.uint8Array() }),
  fc.record({
    kind: fc.constant('cast' as const),
    peers: fc.uniqueArray(address, { minLength: 1, maxLength: 20, selector: ({ replica }) => replica }),
    body: fc.uint8Array(),
  }),
  fc.record({
    kind: fc.constant('joined' as const),
    rate: fc.record({ bytesPerSecond: rate, framesPerSecond: rate }),
    peers: fc.array(address),
  }),
  fc.record({ kind: fc.constantFrom('came' as const, 'went' as const), peer: address }),
)

const self: Address = { replica: '0123456789abcdef0123456789abcdef', incarnation: 1 }
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof WireError) return error.code
    throw error
  }
  return 'none'
}

describe('relay frames', () => {
  test('every frame survives the way to bytes and back', () => {
    fc.assert(
      fc.property(frame, (sent) => {
        expect(decodeRelayFrame(encodeRelayFrame(sent))).toEqual(sent)
      }),
    )
  })

  test('any bytes give a frame or a WireError, and a frame gives those bytes again', () => {
    const near = fc.tuple(fc.integer({ min: 0, max: 8 }), fc.uint8Array({ maxLength: 200 }))
    fc.assert(
      fc.property(near, ([kind, rest]) => {
        const bytes = Uint8Array.from([kind, ...rest])
        let decoded: RelayFrame
        try {
          decoded = decodeRelayFrame(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(WireError)
          return
        }
        expect(encodeRelayFrame(decoded)).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  test('every frame cut short anywhere is refused, or is a shorter frame of its kind', () => {
    fc.assert(
      fc.property(frame, (sent) => {
        const whole = encodeRelayFrame(sent)
        for (let length = 0; length < whole.length; length++) {
          const cut = whole.subarray(0, length)
          const code = codeOf(() => expect(hex(encodeRelayFrame(decodeRelayFrame(cut)))).toBe(hex(cut)))
          expect(code === 'none' ? 'shape' : code, `${sent.kind}, ${length} bytes`).toBe('shape')
        }
      }),
    )
  })

  test('a body, a room and a frame over their limits are refused at both ends', () => {
    const body = new Uint8Array(MAX_BODY_BYTES)
    const peers = Array.from({ length: MAX_CAST_PEERS + 1 }, (_, i) => ({
      replica: i.toString(16).padStart(32, '0'),
      incarnation: 1,
    }))
    const largest = encodeRelayFrame({ kind: 'cast', peers: peers.slice(1), body })
    expect(largest).toHaveLength(MAX_RELAY_FRAME_BYTES)
    const larger = new Uint8Array(MAX_BODY_BYTES + 1)
    expect(codeOf(() => encodeRelayFrame({ kind: 'datagram', peer: self, body: larger }))).toBe('too-large')
    expect(codeOf(() => encodeRelayFrame({ kind: 'cast', peers: [self], body: larger }))).toBe('too-large')
    const datagram = encodeRelayFrame({ kind: 'datagram', peer: self, body })
    expect(codeOf(() => decodeRelayFrame(Uint8Array.from([...datagram, 0])))).toBe('too-large')
    expect(codeOf(() => encodeRelayFrame({ kind: 'cast', peers, body: new Uint8Array() }))).toBe('range')
    expect(codeOf(() => encodeRelayFrame({ kind: 'cast', peers: [], body }))).toBe('range')
    expect(codeOf(() => decodeRelayFrame(encodeRelayFrame({ kind: 'cast', peers: [self, self], body })))).toBe('shape')
    const largerFrame = new Uint8Array(MAX_RELAY_FRAME_BYTES + 1).fill(2)
    expect(codeOf(() => decodeRelayFrame(largerFrame))).toBe('too-large')
    const longer = 'x'.repeat(MAX_ROOM_BYTES + 1)
    expect(codeOf(() => encodeRelayFrame({ kind: 'join', self, token: '', room: longer }))).toBe('range')
    const join = encodeRelayFrame({ kind: 'join', self, token: '', room: 'x'.repeat(MAX_ROOM_BYTES) })
    expect(codeOf(() => decodeRelayFrame(Uint8Array.from([...join, 120])))).toBe('range')
    expect(codeOf(() => encodeRelayFrame({ kind: 'join', self, token: 'x'.repeat(4097), room: 'x' }))).toBe('range')
    expect(codeOf(() => encodeRelayFrame({ kind: 'join', self, token: 'a b', room: 'x' }))).toBe('range')
  })

  test.each([
    ['an id that is none', { replica: 'A'.repeat(32), incarnation: 1 }, 'shape'],
    ['incarnation 0', { ...self, incarnation: 0 }, 'range'],
    ['a fractional incarnation', { ...self, incarnation: 1.5 }, 'range'],
    ['an incarnation over 32 bits', { ...self, incarnation: 2 ** 32 }, 'range'],
  ])('%s is not sent', (_what, peer, code) => {
    expect(codeOf(() => encodeRelayFrame({ kind: 'came', peer }))).toBe(code)
  })

  test.each(['', '\ud800', 'a\udc00b'])('the room %j has no name on the wire', (name) => {
    expect(codeOf(() => encodeRelayFrame({ kind: 'join', self, token: '', room: name }))).toBe('range')
  })

  test('a room that is not UTF-8, incarnation 0 and a rate of nothing are refused', () => {
    const join = encodeRelayFrame({ kind: 'join', self, token: '', room: 'x' })
    expect(codeOf(() => decodeRelayFrame(Uint8Array.from([...join.subarray(0, -1), 0xff])))).toBe('shape')
    const came = encodeRelayFrame({ kind: 'came', peer: self })
    expect(codeOf(() => decodeRelayFrame(came.fill(0, 17)))).toBe('range')
    const joined = encodeRelayFrame({ kind: 'joined', rate: { bytesPerSecond: 1, framesPerSecond: 0 }, peers: [] })
    expect(codeOf(() => decodeRelayFrame(joined))).toBe('range')
  })

  test('another version is told from garbage', () => {
    const join = encodeRelayFrame({ kind: 'join', self, token: '', room: 'x' })
    join[1] = 3
    expect(codeOf(() => decodeRelayFrame(join))).toBe('version')
    expect(closeReasonFor(new WireError('version', ''))).toBe('unsupported-version')
    expect(closeReasonFor(new WireError('too-large', ''))).toBe('frame-too-large')
    expect(closeReasonFor(new WireError('shape', ''))).toBe('protocol-error')
  })

  test('every close reason has a code of its own that a WebSocket may close with', () => {
    for (const [reason, code] of Object.entries(CLOSE_CODES)) {
      expect(closeReasonOf(code)).toBe(reason)
      expect(code === 1001 || code === 1009 || (code >= 4000 && code <= 4999)).toBe(true)
    }
    expect(closeReasonOf(1006)).toBeUndefined()
  })
})

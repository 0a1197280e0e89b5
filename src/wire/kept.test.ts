import { Encoder } from 'cbor-x/encode'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_AFTER, MAX_KEY_CODE_UNITS, MAX_PAYLOAD_BYTES, MAX_SPANS_PER_COMMAND, writeRange } from '../core/index.js'
import type { KeptProposal, Place } from '../member/index.js'
import { keptProposal } from './arbitraries.js'
import { decodeProposal, encodeProposal, hexToBytes, WireError } from './index.js'

const ID = '0123456789abcdef'.repeat(2)
const SESSION = 'f'.repeat(32)

const proposal: KeptProposal = {
  id: ID,
  spans: [{ kind: 'key', write: true, key: 'k' }],
  payload: Uint8Array.of(1, 2),
  place: { session: SESSION, sequence: 7, acknowledged: 2, after: [3, 5] },
}

const cbor = new Encoder({ tagUint8Array: false })

/** A place as the array that it is on the disk, whatever it holds. */
const rawPlace = ({ session, sequence, acknowledged, after }: Place): readonly unknown[] => [
  new Uint8Array(Buffer.from(session, 'hex')),
  sequence,
  acknowledged,
  after,
]
const raw = (...fields: readonly unknown[]): Uint8Array => new Uint8Array(cbor.encode(fields))
const rawSpans = [[1, Uint8Array.of(0x6b)]]
const rawPayload = Uint8Array.of(1, 2)

test('every field of a proposal survives writing and reading, with a place and without', () => {
  fc.assert(
    fc.property(keptProposal, (written) => {
      expect(decodeProposal(encodeProposal(written))).toStrictEqual(written)
    }),
    { numRuns: 1000 },
  )
})

test('a proposal is an array of its fields, and so is its place, which is null where it has none', () => {
  const place = rawPlace(proposal.place as Place)
  expect(encodeProposal(proposal)).toStrictEqual(raw(hexToBytes(ID), rawSpans, rawPayload, place))
  expect(encodeProposal({ ...proposal, place: undefined })).toStrictEqual(
    raw(hexToBytes(ID), rawSpans, rawPayload, null),
  )
})

test.each<[string, Partial<Place>, object]>([
  ['an answer that can not have come yet', { acknowledged: 7 }, { code: 'rule', path: 'place' }],
  ['itself among those that it comes after', { after: [7] }, { code: 'rule', path: 'place' }],
  ['those that it comes after in disorder', { after: [5, 3] }, { code: 'rule', path: 'place' }],
  ['one of them twice', { after: [3, 3] }, { code: 'rule', path: 'place' }],
  ['one before the first', { after: [0, 3] }, { code: 'range', path: 'place.after[0]' }],
  [
    'more of them than may be named',
    { sequence: 100, after: Array.from({ length: MAX_AFTER + 1 }, (_, i) => i + 1) },
    { code: 'range', path: 'place.after' },
  ],
  ['no sequence', { sequence: 0, acknowledged: 0, after: [] }, { code: 'range', path: 'place.sequence' }],
  ['half a session', { session: 'f'.repeat(30) }, { code: 'shape', path: 'place.session' }],
])('a proposal with %s is neither written nor read', (_, change, error) => {
  const place = { ...(proposal.place as Place), ...change }
  expect(() => encodeProposal({ ...proposal, place })).toThrow(WireError)
  expect(() => decodeProposal(raw(hexToBytes(ID), rawSpans, rawPayload, rawPlace(place)))).toThrow(
    expect.objectContaining({ name: 'WireError', ...error }),
  )
})

test.each<[string, readonly unknown[]]>([
  ['no id', [null, rawSpans, rawPayload, null]],
  ['an id too short', [new Uint8Array(15), rawSpans, rawPayload, null]],
  ['no spans', [hexToBytes(ID), null, rawPayload, null]],
  ['a span that is none', [hexToBytes(ID), [[2, true, Uint8Array.of(0x6b)]], rawPayload, null]],
  ['no payload', [hexToBytes(ID), rawSpans, null, null]],
  ['no place', [hexToBytes(ID), rawSpans, rawPayload]],
  ['a place that is none', [hexToBytes(ID), rawSpans, rawPayload, []]],
  ['something more', [hexToBytes(ID), rawSpans, rawPayload, null, 0]],
])('what is stored with %s is refused', (_, fields) => {
  expect(() => decodeProposal(raw(...fields))).toThrow(expect.objectContaining({ name: 'WireError', code: 'shape' }))
})

test('a damaged proposal is refused with a WireError or makes another one', () => {
  fc.assert(
    fc.property(keptProposal, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, at, flip) => {
      const bytes = encodeProposal(written)
      const index = at % bytes.length
      bytes[index] = (bytes[index] as number) ^ flip
      try {
        expect(encodeProposal(decodeProposal(bytes))).toBeInstanceOf(Uint8Array)
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
      }
    }),
    { numRuns: 1000 },
  )
})

test('what is read shares no memory with what it was read from', () => {
  const bytes = encodeProposal(proposal)
  const read = decodeProposal(bytes)
  bytes.fill(0)
  expect(read).toStrictEqual(proposal)
})

test('the largest command that any configuration allows can be kept', () => {
  const end = (last: string): string => `${'\uffff'.repeat(MAX_KEY_CODE_UNITS - 1)}${last}`
  const largest = {
    ...proposal,
    spans: Array.from({ length: MAX_SPANS_PER_COMMAND }, () => writeRange(end('\ufffd'), end('\ufffe'))),
    payload: new Uint8Array(MAX_PAYLOAD_BYTES),
  }
  expect(decodeProposal(encodeProposal(largest)).payload).toHaveLength(MAX_PAYLOAD_BYTES)
})

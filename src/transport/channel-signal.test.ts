import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MAX_BODY_BYTES } from '../wire/index.js'
import { decodeSignal, encodeSignal, MAX_SIGNAL_BYTES } from './channel-signal.js'

const description = fc.oneof(
  fc.record({ type: fc.constantFrom('offer', 'answer'), sdp: fc.string() }),
  fc.record({
    type: fc.constant('candidate'),
    candidate: fc.record({
      candidate: fc.string(),
      sdpMLineIndex: fc.option(fc.nat()),
      sdpMid: fc.option(fc.string()),
    }),
  }),
  fc.constant({ type: 'request' }),
)

const bytesOf = (text: string): Uint8Array => Uint8Array.from([0, 0, 0, 1, ...new TextEncoder().encode(text)])

test('offers, answers, candidates and requests survive the way to bytes and back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), description, (session, sent) => {
      const bytes = encodeSignal(session, sent)
      expect(bytes && decodeSignal(bytes)).toEqual({ session, description: sent })
    }),
  )
})

test('any bytes and any JSON give a signal or nothing', () => {
  const bytes = fc.oneof(fc.uint8Array(), fc.json().map(bytesOf))
  fc.assert(
    fc.property(bytes, (given) => {
      expect(decodeSignal(given)).toBeUndefined()
    }),
  )
})

test.each([
  { type: 'offer' },
  { type: 'answer', sdp: 1 },
  { type: 'candidate' },
  { type: 'candidate', candidate: { candidate: 1 } },
  { type: 'candidate', candidate: { candidate: '', sdpMid: 1 } },
  { type: 'candidate', candidate: { candidate: '', sdpMLineIndex: '0' } },
  { type: 'renegotiate', renegotiate: true },
  { type: 'transceiverRequest', transceiverRequest: { kind: 'audio' } },
])('%j is no signal, in neither direction', (wrong) => {
  expect(encodeSignal(1, wrong)).toBeUndefined()
  expect(decodeSignal(bytesOf(JSON.stringify(wrong)))).toBeUndefined()
})

test('what would not fit into a frame of the relay once it is sealed is not sent', () => {
  const around = encodeSignal(1, { type: 'offer', sdp: '' })?.length ?? 0
  expect(MAX_SIGNAL_BYTES).toBeLessThan(MAX_BODY_BYTES)
  expect(encodeSignal(1, { type: 'offer', sdp: 'x'.repeat(MAX_SIGNAL_BYTES - around) })).toHaveLength(MAX_SIGNAL_BYTES)
  expect(encodeSignal(1, { type: 'offer', sdp: 'x'.repeat(MAX_SIGNAL_BYTES - around + 1) })).toBeUndefined()
})

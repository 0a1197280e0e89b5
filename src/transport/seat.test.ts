import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeRelayFrame } from '../wire/index.js'
import { checkSeat, seatUrl } from './seat.js'
import { peer } from './stage.js'

const throws = (call: () => unknown): boolean => {
  try {
    call()
    return false
  } catch {
    return true
  }
}

const relay = 'ws://127.0.0.1:1'

test('what is refused before anything is loaded is what no join can say', () => {
  const room = fc.oneof(fc.string({ unit: 'binary', maxLength: 130 }), fc.constantFrom('', 'x'.repeat(128), '\ud800'))
  const token = fc.oneof(fc.string({ maxLength: 20 }), fc.constantFrom('', 'x'.repeat(4096), 'x'.repeat(4097), 'a b'))
  const self = fc.record({
    replica: fc.constantFrom('a'.repeat(32), 'A'.repeat(32), 'ab', ''),
    incarnation: fc.oneof(fc.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 1.5, Number.NaN), fc.integer()),
  })
  fc.assert(
    fc.property(room, token, self, (room, token, self) => {
      const join = { kind: 'join', room, token, self } as const
      expect(throws(() => checkSeat({ relay, room, token, self }))).toBe(throws(() => encodeRelayFrame(join)))
    }),
  )
})

test.each([undefined, 'nowhere', 'https://relay.example'])('a relay at %s is refused', (relay) => {
  expect(() => checkSeat({ relay, room: 'room', self: peer('a') })).toThrow(/relay|URL/)
})

test('the room stands in the URL, behind whatever the relay’s own has', () => {
  expect(seatUrl({ relay: 'wss://relay.example/at?tenant=1', room: 'a b' })).toBe(
    'wss://relay.example/at?tenant=1&room=a+b',
  )
})

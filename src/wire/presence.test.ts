import { expect, test } from 'vitest'
import { decodePacket, encodePacket, type Packet, type PresenceEntry, WireError } from './index.js'

const GROUP = '000102030405060708090a0b0c0d0e0f'
const [A, B] = ['a'.repeat(32), 'b'.repeat(32)]

const presenceOf = (...entries: readonly PresenceEntry[]): Packet => ({
  kind: 'presence',
  group: GROUP,
  incarnation: 3,
  entries,
})

const shown = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

test('what tabs show comes as it was sent, with bytes of its own', () => {
  const sent = presenceOf([A, shown({ name: 'Ada', x: 12 })], [B, shown(null)])
  const bytes = encodePacket(sent)
  const received = decodePacket(bytes)
  bytes.fill(0)
  expect(received).toStrictEqual(sent)
})

test('a member whose tabs show nothing any more says so', () => {
  expect(decodePacket(encodePacket(presenceOf()))).toStrictEqual(presenceOf())
})

test('a tab that shows two values is refused, by its place', () => {
  expect(() => encodePacket(presenceOf([A, shown(1)], [B, shown(2)], [A, shown(1)]))).toThrow(WireError)
  expect(() => encodePacket(presenceOf([A, shown(1)], [B, shown(2)], [A, shown(1)]))).toThrow(/^entries\[2\]: tab a/)
})

test('a cursor costs little more than its text', () => {
  const cursor = shown({ x: 512, y: 384 })
  expect(encodePacket(presenceOf([A, cursor])).length - cursor.length).toBeLessThan(48)
})

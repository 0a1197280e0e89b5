import { expect, test } from 'vitest'
import { CastQueue } from './cast-queue.js'
import { HALF_OF_IDS, LARGEST_LINK_PACKET_BYTES, PIECE_BYTES, Reassembly } from './frames.js'
import { PacketQueue } from './packet-queue.js'

test('each frame is for all receivers, however often they are named', () => {
  const queue = new CastQueue<string>(HALF_OF_IDS)
  expect(queue.push(['b', 'c', 'b'], new Uint8Array(2 * PIECE_BYTES))).toBe(true)
  expect(['b', 'c', 'd'].map((receiver) => queue.bytesFor(receiver))).toEqual([2 * PIECE_BYTES, 2 * PIECE_BYTES, 0])
  expect([...(queue.shift()?.to ?? [])]).toEqual(['b', 'c'])
  expect(queue.bytesFor('b')).toBe(2 * PIECE_BYTES)
  expect([...(queue.shift()?.to ?? [])]).toEqual(['b', 'c'])
  expect([queue.bytesFor('b'), queue.bytesFor('c'), queue.empty, queue.shift()]).toEqual([0, 0, true, undefined])
})

test('who has gone gets nothing more, and what was for it alone is given up', () => {
  const queue = new CastQueue<string>(HALF_OF_IDS)
  queue.push(['b', 'c'], new Uint8Array(10).fill(1))
  queue.push(['b'], new Uint8Array(LARGEST_LINK_PACKET_BYTES))
  queue.push(['b'], new Uint8Array())
  queue.forget('b')
  expect([queue.bytesFor('b'), queue.bytesFor('c')]).toEqual([0, 10])
  expect([...(queue.shift()?.to ?? [])]).toEqual(['c'])
  expect(queue.empty).toBe(true)
})

test('what waits is bounded, whoever it is for', () => {
  const queue = new CastQueue<string>(HALF_OF_IDS)
  const largest = new Uint8Array(LARGEST_LINK_PACKET_BYTES)
  expect(queue.push(['b', 'c'], new Uint8Array(LARGEST_LINK_PACKET_BYTES + 1))).toBe(false)
  expect([queue.push(['b', 'c'], largest), queue.push(['d', 'e'], largest)]).toEqual([true, true])
  expect(queue.push(['f', 'g'], Uint8Array.of(1))).toBe(false)
  expect(queue.bytesFor('f')).toBe(0)
})

test('its packets never get mixed with those for one receiver, whatever ids both begin with', () => {
  for (const first of [0, HALF_OF_IDS - 1]) {
    const [own, casts] = [new PacketQueue<string>(first), new CastQueue<string>(HALF_OF_IDS + first)]
    const reassembly = new Reassembly()
    const whole: Uint8Array[] = []
    const accept = (frame: Uint8Array | undefined): void => {
      const packet = frame && reassembly.accept(frame, 0)
      if (packet !== undefined) whole.push(packet)
    }
    const [one, other] = [1, 2].map((digit) => new Uint8Array(3 * PIECE_BYTES).fill(digit))
    for (let round = 0; round < 2; round++) {
      own.push('b', one ?? new Uint8Array())
      casts.push(['b', 'c'], other ?? new Uint8Array())
    }
    for (let frame = 0; frame < 6; frame++) {
      accept(own.shift()?.frame)
      accept(casts.shift()?.frame)
    }
    expect(whole).toEqual([one, other, one, other])
  }
})

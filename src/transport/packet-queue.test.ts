import { expect, test } from 'vitest'
import { HALF_OF_IDS, LARGEST_LINK_PACKET_BYTES, PIECE_BYTES, Reassembly } from './frames.js'
import { PacketQueue } from './packet-queue.js'

const drain = (queue: PacketQueue<string>, reassembly: Reassembly): (Uint8Array | undefined)[] => {
  const packets: (Uint8Array | undefined)[] = []
  for (let turn = queue.shift(); turn !== undefined; turn = queue.shift()) {
    const packet = reassembly.accept(turn.frame, 0)
    if (packet !== undefined) packets.push(packet)
  }
  return packets
}

test.each([HALF_OF_IDS - 1, 2 * HALF_OF_IDS - 1])(
  'packets of a kind come out in order, under ids that wrap around at %i',
  (firstId) => {
    const queue = new PacketQueue<string>(firstId)
    const packets = [3 * PIECE_BYTES, 2 * PIECE_BYTES - 1, PIECE_BYTES + 1].map((length, at) =>
      new Uint8Array(length).fill(at),
    )
    for (const packet of packets) expect(queue.push('b', packet)).toBe(true)
    expect(queue.bytes).toBe(6 * PIECE_BYTES)
    expect(drain(queue, new Reassembly())).toEqual(packets)
    expect(queue.bytes).toBe(0)
    expect(queue.empty).toBe(true)
  },
)

test('after a change of path an unfinished packet starts again, so that it arrives although its first frames were lost', () => {
  const queue = new PacketQueue<string>(1)
  const packet = new Uint8Array(3 * PIECE_BYTES).fill(7)
  queue.push('b', packet)
  queue.shift()
  queue.shift()
  queue.rewind()
  expect(drain(queue, new Reassembly())).toEqual([packet])
})

test('two of the largest packets may wait, not more, and none that is larger', () => {
  const queue = new PacketQueue<string>(1)
  const largest = new Uint8Array(LARGEST_LINK_PACKET_BYTES)
  expect(queue.push('b', new Uint8Array(LARGEST_LINK_PACKET_BYTES + 1))).toBe(false)
  expect([queue.push('b', largest), queue.push('b', largest), queue.push('b', new Uint8Array(1))]).toEqual([
    true,
    true,
    false,
  ])
})

test('empty packets are bounded too', () => {
  const queue = new PacketQueue<string>(1)
  let accepted = 0
  while (queue.push('b', new Uint8Array())) accepted++
  expect(accepted).toBe(4096)
})

test('small packets take turns with the frames of a large one, and neither waits for the other', () => {
  const queue = new PacketQueue<string>(1)
  queue.push('large', new Uint8Array(4 * PIECE_BYTES))
  const next = (): string | undefined => queue.shift()?.to
  expect(next()).toBe('large')
  for (let small = 0; small < 3; small++) queue.push('small', new Uint8Array(10))
  expect([next(), next(), next(), next(), next(), next(), next()]).toEqual([
    'small',
    'large',
    'small',
    'large',
    'small',
    'large',
    undefined,
  ])
})

test('what is dropped makes room, and the rest comes out whole', () => {
  const queue = new PacketQueue<string>(1)
  const kept = new Uint8Array(2 * PIECE_BYTES).fill(1)
  queue.push('gone', new Uint8Array(LARGEST_LINK_PACKET_BYTES))
  queue.push('gone', new Uint8Array(5))
  queue.push('here', kept)
  queue.shift()
  queue.drop((to) => to === 'gone')
  expect(queue.bytes).toBe(kept.length)
  expect(drain(queue, new Reassembly())).toEqual([kept])
  expect(queue.empty).toBe(true)
})

import { expect, test } from 'vitest'
import { LARGEST_PACKET_BYTES } from '../wire/index.js'
import { PIECE_BYTES, Reassembly } from './frames.js'
import { PacketQueue } from './packet-queue.js'

const drain = (queue: PacketQueue, reassembly: Reassembly): (Uint8Array | undefined)[] => {
  const packets: (Uint8Array | undefined)[] = []
  for (let frame = queue.shift(); frame !== undefined; frame = queue.shift()) {
    const packet = reassembly.accept(frame, 0)
    if (packet !== undefined) packets.push(packet)
  }
  return packets
}

test('packets come out in order, under ids that wrap around', () => {
  const queue = new PacketQueue(2 ** 32 - 1)
  const packets = [3 * PIECE_BYTES, 0, PIECE_BYTES + 1].map((length, at) => new Uint8Array(length).fill(at))
  for (const packet of packets) expect(queue.push(packet)).toBe(true)
  expect(queue.bytes).toBe(4 * PIECE_BYTES + 1)
  expect(drain(queue, new Reassembly())).toEqual(packets)
  expect(queue.bytes).toBe(0)
  expect(queue.empty).toBe(true)
})

test('after a change of path an unfinished packet starts again, so that it arrives although its first frames were lost', () => {
  const queue = new PacketQueue(1)
  const packet = new Uint8Array(3 * PIECE_BYTES).fill(7)
  queue.push(packet)
  queue.shift()
  queue.shift()
  queue.rewind()
  expect(drain(queue, new Reassembly())).toEqual([packet])
})

test('two of the largest packets may wait, not more, and none that is larger', () => {
  const queue = new PacketQueue(1)
  const largest = new Uint8Array(LARGEST_PACKET_BYTES)
  expect(queue.push(new Uint8Array(LARGEST_PACKET_BYTES + 1))).toBe(false)
  expect([queue.push(largest), queue.push(largest), queue.push(new Uint8Array(1))]).toEqual([true, true, false])
})

test('empty packets are bounded too', () => {
  const queue = new PacketQueue(1)
  let accepted = 0
  while (queue.push(new Uint8Array())) accepted++
  expect(accepted).toBe(4096)
})

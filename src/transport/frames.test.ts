import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_BODY_BYTES } from '../wire/index.js'
import { frameCount, frameOf, LARGEST_LINK_PACKET_BYTES, PIECE_BYTES, Reassembly } from './frames.js'

const framesOf = (packet: Uint8Array, id: number): Uint8Array[] =>
  Array.from({ length: frameCount(packet.length) }, (_, index) => frameOf(packet, id, index))

/** Bytes that differ by place and by packet. */
const packetOf = (length: number, id: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at >> 8) ^ at ^ (id * 37))

const none = new Uint8Array()

/** `frame` with its header's fields replaced. */
const withHeader = (frame: Uint8Array, index: number, count: number): Uint8Array => {
  const changed = frame.slice()
  new DataView(changed.buffer).setUint16(4, index)
  new DataView(changed.buffer).setUint16(6, count)
  return changed
}

const length = fc.oneof(
  fc.integer({ min: 0, max: 4 * PIECE_BYTES }),
  fc.constantFrom(0, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES),
)

describe('reassembly', () => {
  test('whatever is lost, repeated and reordered, packets come out whole or not at all', () => {
    const schedule = fc.record({
      lengths: fc.array(length, { minLength: 1, maxLength: 4 }),
      // Which frame arrives next, as a share of all of them: some more than once, some never.
      picks: fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { maxLength: 40 }),
    })
    fc.assert(
      fc.property(schedule, ({ lengths, picks }) => {
        const packets = lengths.map(packetOf)
        const frames = packets.flatMap((packet, id) => framesOf(packet, id).map((frame) => ({ id, frame })))
        const reassembly = new Reassembly()
        const seen = packets.map(() => new Set<Uint8Array>())
        for (const pick of picks) {
          const arrived = frames[Math.floor(pick * frames.length)]
          if (arrived === undefined) continue
          const { id, frame } = arrived
          const whole = reassembly.accept(frame, 0)
          const [packet, pieces] = [packets[id], seen[id]]
          pieces?.add(frame)
          const complete = pieces?.size === frameCount(packet?.length ?? 0)
          expect(whole === undefined).toBe(!complete)
          if (!complete) continue
          expect(Buffer.compare(whole ?? none, packet ?? none)).toBe(0)
          pieces?.clear()
        }
        expect(reassembly.dropped).toBe(0)
      }),
    )
  })

  test('the largest packet fits, in frames of at most 16 KiB', () => {
    const packet = packetOf(LARGEST_LINK_PACKET_BYTES, 1)
    const frames = framesOf(packet, 2 ** 32 - 1)
    const reassembly = new Reassembly()
    const whole = frames.reverse().map((frame) => reassembly.accept(frame, 0))
    expect(Math.max(...frames.map((frame) => frame.length))).toBe(MAX_BODY_BYTES)
    expect(Buffer.compare(whole.at(-1) ?? none, packet)).toBe(0)
    expect(whole.slice(0, -1).every((early) => early === undefined)).toBe(true)
  })

  test('any bytes give nothing, or the packet of a lone frame', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 50 }), (frames) => {
        const reassembly = new Reassembly()
        for (const frame of frames) {
          const packet = reassembly.accept(frame, 0)
          if (packet !== undefined) expect(packet).toEqual(frame.subarray(8))
        }
      }),
    )
  })

  const [first = new Uint8Array(), second = new Uint8Array()] = framesOf(packetOf(PIECE_BYTES + 10, 1), 7)
  test.each([
    ['shorter than a header', first.subarray(0, 7)],
    ['of no pieces', withHeader(first, 0, 0)],
    ['with an index past the end', withHeader(first, 2, 2)],
    ['of a packet that would be too large', withHeader(first, 0, 65_535)],
    ['with a piece too short for its place', first.subarray(0, -1)],
    ['with a piece too long', new Uint8Array([...first, 0])],
    ['with nothing in it', second.subarray(0, 8)],
    ['that contradicts the count of its packet', withHeader(first, 1, 3)],
  ])('a frame %s is dropped and counted, and harms no other', (_what, wrong) => {
    const reassembly = new Reassembly()
    expect(reassembly.accept(first, 0)).toBeUndefined()
    expect(reassembly.accept(wrong, 0)).toBeUndefined()
    expect(reassembly.dropped).toBe(1)
    expect(reassembly.accept(second, 0)).toEqual(packetOf(PIECE_BYTES + 10, 1))
  })

  test('a packet without a new piece for ten seconds is given up, one that progresses is not', () => {
    const reassembly = new Reassembly()
    const [one, two, three] = framesOf(packetOf(3 * PIECE_BYTES, 1), 1)
    if (one === undefined || two === undefined || three === undefined) throw new Error('three frames expected')
    reassembly.accept(frameOf(packetOf(2 * PIECE_BYTES, 2), 2, 0), 0)
    reassembly.accept(one, 0)
    reassembly.expire(9_999)
    reassembly.accept(two, 9_999)
    expect(reassembly.dropped).toBe(0)
    reassembly.expire(10_000)
    expect(reassembly.dropped).toBe(1)
    expect(reassembly.accept(three, 10_001)).toEqual(packetOf(3 * PIECE_BYTES, 1))
  })

  test('packets that are never completed do not fill the memory: the oldest go first', () => {
    const reassembly = new Reassembly()
    const packet = packetOf(2 * PIECE_BYTES, 1)
    for (let id = 0; id < 100; id++) reassembly.accept(frameOf(packet, id, 0), 0)
    expect(reassembly.dropped).toBe(36)
    expect(reassembly.accept(frameOf(packet, 35, 1), 0)).toBeUndefined()
    expect(reassembly.accept(frameOf(packet, 99, 1), 0)).toEqual(packet)
  })

  test('open packets hold at most two of the largest', () => {
    const reassembly = new Reassembly()
    const count = frameCount(LARGEST_LINK_PACKET_BYTES)
    const packet = new Uint8Array(LARGEST_LINK_PACKET_BYTES)
    for (let id = 0; id < 3; id++) {
      for (let index = 0; index < count - 1; index++) reassembly.accept(frameOf(packet, id, index), 0)
    }
    expect(reassembly.dropped).toBe(count - 1)
    expect(reassembly.accept(frameOf(packet, 1, count - 1), 0)).toHaveLength(LARGEST_LINK_PACKET_BYTES)
    expect(reassembly.accept(frameOf(packet, 2, count - 1), 0)).toHaveLength(LARGEST_LINK_PACKET_BYTES)
  })
})

import { LARGEST_PACKET_BYTES } from '../wire/index.js'
import { frameCount, frameOf } from './frames.js'

/** One of the largest packets may wait behind another. */
const MAX_QUEUED_BYTES = 2 * LARGEST_PACKET_BYTES
/** Many turns' worth, one packet each: who is that far behind gets nothing in time. */
const MAX_QUEUED_PACKETS = 4096

interface Queued {
  readonly id: number
  readonly packet: Uint8Array
  nextIndex: number
}

/** The packets that wait for one peer's path, handed out frame by frame. */
export class PacketQueue {
  readonly #packets: Queued[] = []
  #nextId: number
  #bytes = 0

  /** `firstId` is a u32; random, since a life that opens a second link starts over. */
  constructor(firstId: number) {
    this.#nextId = firstId
  }

  /** Of packets not wholly handed out. */
  get bytes(): number {
    return this.#bytes
  }

  get empty(): boolean {
    return this.#packets.length === 0
  }

  /** False: too large, or too much is waiting. */
  push(packet: Uint8Array): boolean {
    if (packet.length > LARGEST_PACKET_BYTES || this.#packets.length === MAX_QUEUED_PACKETS) return false
    if (this.#bytes + packet.length > MAX_QUEUED_BYTES) return false
    this.#packets.push({ id: this.#nextId, packet, nextIndex: 0 })
    this.#nextId = (this.#nextId + 1) >>> 0
    this.#bytes += packet.length
    return true
  }

  /** The next frame. */
  shift(): Uint8Array | undefined {
    const first = this.#packets[0]
    if (first === undefined) return undefined
    const frame = frameOf(first.packet, first.id, first.nextIndex++)
    if (first.nextIndex === frameCount(first.packet.length)) {
      this.#packets.shift()
      this.#bytes -= first.packet.length
    }
    return frame
  }

  /** The path is another now: what it has taken of an unfinished packet may be lost. */
  rewind(): void {
    const first = this.#packets[0]
    if (first !== undefined) first.nextIndex = 0
  }
}

import { frameCount, frameOf, LARGEST_LINK_PACKET_BYTES, nextPacketId } from './frames.js'

/** One of the largest packets may wait behind another. */
const MAX_QUEUED_BYTES = 2 * LARGEST_LINK_PACKET_BYTES
/** Many turns' worth, one packet each: who is that far behind gets nothing in time. */
const MAX_QUEUED_PACKETS = 4096

interface Queued<To> {
  readonly id: number
  readonly packet: Uint8Array
  readonly to: To
  nextIndex: number
}

/** The next frame of a packet. */
export interface Turn<To> {
  readonly to: To
  readonly frame: Uint8Array
  /** Of the packet, where this was its last frame; else 0. */
  readonly bytesDone: number
}

/**
 * The packets that wait for one path, handed out frame by frame. Those of one frame take turns with the frames of a
 * larger one: what a peer says of itself every second must not wait behind megabytes.
 */
export class PacketQueue<To> {
  #small: Queued<To>[] = []
  #large: Queued<To>[] = []
  #smallNext = true
  #nextId: number
  #bytes = 0

  /** `firstId` is random in its half of the ids, since a life that opens a second link starts over. */
  constructor(firstId: number) {
    this.#nextId = firstId
  }

  /** Of packets not wholly handed out. */
  get bytes(): number {
    return this.#bytes
  }

  get empty(): boolean {
    return this.#small.length + this.#large.length === 0
  }

  /** False: too large, or too much is waiting. */
  push(to: To, packet: Uint8Array): boolean {
    if (packet.length > LARGEST_LINK_PACKET_BYTES) return false
    if (this.#small.length + this.#large.length === MAX_QUEUED_PACKETS) return false
    if (this.#bytes + packet.length > MAX_QUEUED_BYTES) return false
    const queue = frameCount(packet.length) === 1 ? this.#small : this.#large
    queue.push({ id: this.#nextId, packet, to, nextIndex: 0 })
    this.#nextId = nextPacketId(this.#nextId)
    this.#bytes += packet.length
    return true
  }

  shift(): Turn<To> | undefined {
    const small = this.#small.length > 0 && (this.#smallNext || this.#large.length === 0)
    this.#smallNext = !small
    const queue = small ? this.#small : this.#large
    const first = queue[0]
    if (first === undefined) return undefined
    const { to, packet, id } = first
    const frame = frameOf(packet, id, first.nextIndex++)
    if (first.nextIndex < frameCount(packet.length)) return { to, frame, bytesDone: 0 }
    queue.shift()
    this.#bytes -= packet.length
    return { to, frame, bytesDone: packet.length }
  }

  /** The path is another now: what it has taken of an unfinished packet may be lost. */
  rewind(): void {
    const [first] = this.#large
    if (first !== undefined) first.nextIndex = 0
  }

  /** Gives up the packets for these. */
  drop(unwanted: (to: To) => boolean): void {
    const keep = ({ to, packet }: Queued<To>): boolean => {
      if (!unwanted(to)) return true
      this.#bytes -= packet.length
      return false
    }
    this.#small = this.#small.filter(keep)
    this.#large = this.#large.filter(keep)
  }
}

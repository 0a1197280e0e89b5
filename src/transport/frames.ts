/** Packets cut into frames, and made whole again: packet id u32, index u16, count u16, then the piece. */
import { LARGEST_PACKET_BYTES, MAX_BODY_BYTES } from '../wire/index.js'
import { SEAL_OVERHEAD_BYTES } from './seal/contract.js'

const HEADER_BYTES = 8
/** All pieces but a packet's last have this size, so a piece's place follows from its index. */
export const PIECE_BYTES: number = MAX_BODY_BYTES - HEADER_BYTES
/** What a link takes at once: the largest packet that a room makes, in its seal. */
export const LARGEST_LINK_PACKET_BYTES: number = LARGEST_PACKET_BYTES + SEAL_OVERHEAD_BYTES
const MAX_COUNT = Math.ceil(LARGEST_LINK_PACKET_BYTES / PIECE_BYTES)

/** Of open packets, per peer: one of the largest behind another. */
const MAX_OPEN_BYTES = 2 * LARGEST_LINK_PACKET_BYTES
/** Small packets are one frame and never open; this many large ones under way at once means that pieces were lost. */
const MAX_OPEN_PACKETS = 64
/** Without a new piece. Paths change within 5 s; what has not come by then will not come. */
const OPEN_TIMEOUT_MS = 10_000

/** Of the u32s that number packets: packets for one have the lower half, packets for several the upper one. */
export const HALF_OF_IDS: number = 2 ** 31

/** The one after it, in its half: so a peer never takes a piece of the one kind for one of the other. */
export const nextPacketId = (id: number): number => {
  const first = id < HALF_OF_IDS ? 0 : HALF_OF_IDS
  return first + ((id - first + 1) % HALF_OF_IDS)
}

/** How many frames a packet makes: at least one. */
export const frameCount = (packetBytes: number): number => Math.max(1, Math.ceil(packetBytes / PIECE_BYTES))

/** Frame `index` of a packet; `id` is a u32. */
export const frameOf = (packet: Uint8Array, id: number, index: number): Uint8Array => {
  const piece = packet.subarray(index * PIECE_BYTES, (index + 1) * PIECE_BYTES)
  const frame = new Uint8Array(HEADER_BYTES + piece.length)
  const view = new DataView(frame.buffer)
  view.setUint32(0, id)
  view.setUint16(4, index)
  view.setUint16(6, frameCount(packet.length))
  frame.set(piece, HEADER_BYTES)
  return frame
}

interface OpenPacket {
  readonly pieces: (Uint8Array | undefined)[]
  missing: number
  bytes: number
  touchedMs: number
}

/** What has come of the packets of one life of one peer. */
export class Reassembly {
  /** By packet id; the one that longest had no new piece comes first. */
  readonly #open = new Map<number, OpenPacket>()
  #openBytes = 0
  #dropped = 0

  /** Frames that were not well formed, contradicted others, or whose packet was given up. */
  get dropped(): number {
    return this.#dropped
  }

  /** The packet that this frame completes. Its bytes may be those of the frame. */
  accept(frame: Uint8Array, nowMs: number): Uint8Array | undefined {
    if (frame.length < HEADER_BYTES) return this.#drop()
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
    const [id, index, count] = [view.getUint32(0), view.getUint16(4), view.getUint16(6)]
    const piece = frame.subarray(HEADER_BYTES)
    const last = index === count - 1
    if (index >= count || count > MAX_COUNT || piece.length > PIECE_BYTES) return this.#drop()
    if (count === 1) return piece
    if (last ? piece.length === 0 : piece.length < PIECE_BYTES) return this.#drop()

    const packet = this.#open.get(id) ?? {
      pieces: new Array(count).fill(undefined),
      missing: count,
      bytes: 0,
      touchedMs: 0,
    }
    if (packet.pieces.length !== count) return this.#drop()
    if (packet.pieces[index] !== undefined) return undefined
    // A copy: a view would keep the network's whole buffer alive for as long as the packet is open.
    packet.pieces[index] = piece.slice()
    packet.missing--
    packet.bytes += piece.length
    packet.touchedMs = nowMs
    this.#openBytes += piece.length
    this.#open.delete(id)
    if (packet.missing === 0) {
      this.#openBytes -= packet.bytes
      return join(packet)
    }
    this.#open.set(id, packet)
    while (this.#openBytes > MAX_OPEN_BYTES || this.#open.size > MAX_OPEN_PACKETS) this.#giveUpOldest()
    return undefined
  }

  /** Gives up the packets that wait for too long. */
  expire(nowMs: number): void {
    for (const { touchedMs } of this.#open.values()) {
      if (nowMs - touchedMs < OPEN_TIMEOUT_MS) return
      this.#giveUpOldest()
    }
  }

  #giveUpOldest(): void {
    for (const [id, packet] of this.#open) {
      this.#open.delete(id)
      this.#openBytes -= packet.bytes
      this.#dropped += packet.pieces.length - packet.missing
      return
    }
  }

  #drop(): undefined {
    this.#dropped++
  }
}

const join = ({ pieces, bytes }: OpenPacket): Uint8Array => {
  const packet = new Uint8Array(bytes)
  pieces.forEach((piece, index) => {
    if (piece !== undefined) packet.set(piece, index * PIECE_BYTES)
  })
  return packet
}

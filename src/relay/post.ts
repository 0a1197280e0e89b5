import { type Address, encodeRelayFrame } from '../wire/index.js'
import type { Tally } from './counters.js'
import type { Guest, RelayRoom } from './guest.js'

/** What goes out to guests: what a slow one may lose, and what it may not. */
export class Post {
  readonly #outgoingBytes: number
  readonly #tally: Tally

  /** `outgoingBytes` may wait for one guest. */
  constructor(outgoingBytes: number, tally: Tally) {
    this.#outgoingBytes = outgoingBytes
    this.#tally = tally
  }

  /** What must not be dropped. False: who does not read even that, while others come and go, is not there. */
  send({ socket }: Guest, message: Uint8Array | string): boolean {
    if (socket.bufferedBytes() > 2 * this.#outgoingBytes) return false
    this.#count(message)
    socket.send(message)
    return true
  }

  /** The same bytes for all of them that are in the room; the result is who is not. */
  deliver(
    { seats }: RelayRoom,
    kind: 'datagram' | 'signal',
    from: Address,
    to: readonly Address[],
    body: Uint8Array,
  ): readonly Address[] {
    const absent: Address[] = []
    let frame: Uint8Array | undefined
    for (const peer of to) {
      const seat = seats.get(peer.replica)
      if (seat === undefined || seat.self.incarnation !== peer.incarnation) {
        absent.push(peer)
        continue
      }
      const { socket } = seat.guest
      frame ??= encodeRelayFrame({ kind, peer: from, body })
      if (socket.bufferedBytes() + frame.length > this.#outgoingBytes) {
        this.#tally.framesDropped++
        continue
      }
      this.#tally.framesForwarded++
      this.#count(frame)
      socket.send(frame)
    }
    return absent
  }

  #count({ length }: Uint8Array | string): void {
    this.#tally.framesSent++
    this.#tally.bytesSent += length
  }
}

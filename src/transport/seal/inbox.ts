import { LARGEST_LINK_PACKET_BYTES } from '../frames.js'
import { InTurn } from './in-turn.js'

/** What waits for being opened, as much as a link's queue holds. */
const MAX_BYTES = 2 * LARGEST_LINK_PACKET_BYTES
const MAX_FRAMES = 4096

/** The frames of a peer, handled one after the other. */
export class Inbox {
  readonly #turn = new InTurn()
  #bytes = 0

  /** False: too much waits already. `work` may not reject. */
  take({ length }: Uint8Array, work: () => Promise<void>): boolean {
    if (this.#turn.pending >= MAX_FRAMES || this.#bytes + length > MAX_BYTES) return false
    this.#bytes += length
    this.#turn.follow(async () => {
      await work()
      this.#bytes -= length
    })
    return true
  }

  /** `next` runs once all frames taken so far are handled: at once where there are none. */
  after(next: () => void): void {
    this.#turn.after(next)
  }
}

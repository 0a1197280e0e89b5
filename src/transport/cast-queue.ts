import { PacketQueue } from './packet-queue.js'

/** The packets that wait to be cast by the relay, each to several receivers at once. */
export class CastQueue<Receiver> {
  readonly #queue: PacketQueue<Set<Receiver>>
  /** Of packets not wholly handed out. */
  readonly #bytesFor = new Map<Receiver, number>()

  /** As for a `PacketQueue`. */
  constructor(firstId: number) {
    this.#queue = new PacketQueue(firstId)
  }

  get empty(): boolean {
    return this.#queue.empty
  }

  bytesFor(receiver: Receiver): number {
    return this.#bytesFor.get(receiver) ?? 0
  }

  /** False: too large, or too much is waiting. */
  push(receivers: readonly Receiver[], packet: Uint8Array): boolean {
    const all = new Set(receivers)
    if (!this.#queue.push(all, packet)) return false
    for (const receiver of all) this.#bytesFor.set(receiver, this.bytesFor(receiver) + packet.length)
    return true
  }

  /** The next frame, and who is to get it: at least one. */
  shift(): { readonly to: ReadonlySet<Receiver>; readonly frame: Uint8Array } | undefined {
    const turn = this.#queue.shift()
    if (turn === undefined) return undefined
    for (const receiver of turn.bytesDone === 0 ? [] : turn.to) {
      const left = this.bytesFor(receiver) - turn.bytesDone
      if (left === 0) this.#bytesFor.delete(receiver)
      else this.#bytesFor.set(receiver, left)
    }
    return turn
  }

  /** It gets nothing more: what nobody else waits for is given up. */
  forget(receiver: Receiver): void {
    this.#bytesFor.delete(receiver)
    this.#queue.drop((to) => to.delete(receiver) && to.size === 0)
  }
}

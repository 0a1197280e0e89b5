import type { LaneFlight } from './lane-content.js'
import { firstAfter, firstFrom } from './lane-search.js'

/** Small enough that a block that has to be looked through costs nothing, large enough that there are few. */
const BLOCK = 64

/**
 * Finds the flights of a stretch of time among all that there ever were. They are ordered by when they were sent, not by
 * when they end: per block it is known how late the last of it ends, and the last of all before it.
 */
export class FlightIndex {
  #flights: readonly LaneFlight[] = []
  /** Per block, the latest end of its flights. */
  readonly #ends: number[] = []
  /** Per block, the latest end up to and including it: never falls. */
  readonly #endsSoFar: number[] = []
  /** So many blocks at the beginning are full, and the fate of all their flights is known. */
  #settled = 0

  /** Takes in what has been added and changed. Another array is another run. */
  update(flights: readonly LaneFlight[]): void {
    if (flights !== this.#flights) {
      this.#flights = flights
      this.#settled = 0
    }
    const blocks = Math.ceil(flights.length / BLOCK)
    this.#ends.length = blocks
    this.#endsSoFar.length = blocks
    for (let block = this.#settled; block < blocks; block++) {
      const end = this.#endOf(block)
      this.#ends[block] = end
      this.#endsSoFar[block] = Math.max(end, this.#endsSoFar[block - 1] ?? Number.NEGATIVE_INFINITY)
    }
    while (this.#settled < blocks && this.#isSettled(this.#settled)) this.#settled++
  }

  /** Calls `visit` with each flight that was sent by `untilMs` and ends at `fromMs` or later, in their order. */
  between(fromMs: number, untilMs: number, visit: (flight: LaneFlight) => void): void {
    const end = firstAfter(this.#flights, sentMsOf, untilMs)
    const firstBlock = firstFrom(this.#endsSoFar, itself, fromMs)
    for (let block = firstBlock; block * BLOCK < end; block++) {
      if ((this.#ends[block] as number) < fromMs) continue
      for (let i = block * BLOCK; i < Math.min(end, (block + 1) * BLOCK); i++) {
        const flight = this.#flights[i] as LaneFlight
        if (flight.endMs >= fromMs) visit(flight)
      }
    }
  }

  #endOf(block: number): number {
    let end = Number.NEGATIVE_INFINITY
    for (let i = block * BLOCK; i < Math.min(this.#flights.length, (block + 1) * BLOCK); i++) {
      end = Math.max(end, (this.#flights[i] as LaneFlight).endMs)
    }
    return end
  }

  #isSettled(block: number): boolean {
    const upTo = (block + 1) * BLOCK
    if (upTo > this.#flights.length) return false
    for (let i = block * BLOCK; i < upTo; i++) if (this.#flights[i]?.fate === 'under-way') return false
    return true
  }
}

const sentMsOf = ({ sentMs }: LaneFlight): number => sentMs

const itself = (value: number): number => value

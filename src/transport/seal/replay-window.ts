/** A power of two, so that a counter's place follows from its bits. */
const WORDS = 128
const BITS = 32

/** So far may a frame come behind the newest one of its stream: as many packets as a link's queue holds, less a few. */
export const REPLAY_WINDOW: number = (WORDS - 1) * BITS

/**
 * Which counters of a stream have come: each may once, in any order. A ring of bits; one word more than the window is
 * wide, so that a word is cleared as a whole when the newest counter enters it.
 */
export class ReplayWindow {
  readonly #seen = new Uint32Array(WORDS)
  /** Counters below it are never accepted. */
  readonly #floor: number
  /** One more than the newest. */
  #next: number

  /** @param first the lowest counter that may come */
  constructor(first: number) {
    this.#floor = first
    this.#next = first
  }

  isFresh(counter: number): boolean {
    if (counter < this.#floor || counter < this.#next - REPLAY_WINDOW) return false
    if (counter >= this.#next) return true
    return ((this.#seen[wordOf(counter)] ?? 0) & maskOf(counter)) === 0
  }

  /** False: it was here before, or is too old. */
  accept(counter: number): boolean {
    if (!this.isFresh(counter)) return false
    if (counter >= this.#next) {
      const newest = Math.floor(counter / BITS)
      const passed = Math.min(newest - Math.floor((this.#next - 1) / BITS), WORDS)
      for (let word = newest - passed + 1; word <= newest; word++) this.#seen[word % WORDS] = 0
      this.#next = counter + 1
    }
    const word = wordOf(counter)
    this.#seen[word] = (this.#seen[word] ?? 0) | maskOf(counter)
    return true
  }
}

// Counters have up to 48 bits: no bitwise operator takes them whole.
const wordOf = (counter: number): number => Math.floor(counter / BITS) % WORDS
const maskOf = (counter: number): number => 1 << (counter % BITS)

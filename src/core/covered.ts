import type { ExecutedSet } from './record.js'

/** A growing set of instances, kept as a frontier per row and the few numbers beyond it. */
export class Covered {
  /** Per row: everything up to here is in. */
  readonly frontier: number[]
  readonly #beyond: Set<number>[]

  constructor(n: number) {
    this.frontier = new Array<number>(n).fill(0)
    this.#beyond = Array.from({ length: n }, () => new Set())
  }

  has(slot: number, number: number): boolean {
    return number <= (this.frontier[slot] as number) || (this.#beyond[slot] as Set<number>).has(number)
  }

  add(slot: number, number: number): void {
    const beyond = this.#beyond[slot] as Set<number>
    let frontier = this.frontier[slot] as number
    if (number > frontier + 1) {
      beyond.add(number)
      return
    }
    if (number <= frontier) return
    frontier++
    while (beyond.delete(frontier + 1)) frontier++
    this.frontier[slot] = frontier
  }

  toSet(): ExecutedSet {
    return {
      frontier: [...this.frontier],
      beyond: this.#beyond.map((numbers) => [...numbers].sort((a, b) => a - b)),
    }
  }
}

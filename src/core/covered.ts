import type { ExecutedSet, InstanceId } from './record.js'

/** A growing set of instances, kept as a frontier per row and the few numbers beyond it. */
export class Covered {
  /** Per row: everything up to here is in. */
  readonly frontier: number[]
  readonly #beyond: Set<number>[]

  constructor(n: number) {
    this.frontier = new Array<number>(n).fill(0)
    this.#beyond = Array.from({ length: n }, () => new Set())
  }

  static of({ frontier, beyond }: ExecutedSet): Covered {
    const covered = new Covered(frontier.length)
    for (const [slot, upTo] of frontier.entries()) {
      covered.begin(slot, upTo)
      for (const number of beyond[slot] ?? []) covered.add(slot, number)
    }
    return covered
  }

  /** Everything up to there is in. */
  begin(slot: number, upTo: number): void {
    this.frontier[slot] = Math.max(this.frontier[slot] as number, upTo)
  }

  /** An instance that is in this set and not in the other one, of as many rows. */
  firstNotIn(other: Covered): InstanceId | undefined {
    for (const [slot, upTo] of this.frontier.entries()) {
      const theirs = other.frontier[slot] as number
      for (let number = theirs + 1; number <= upTo; number++) if (!other.has(slot, number)) return { slot, number }
      for (const number of this.#beyond[slot] as Set<number>) if (!other.has(slot, number)) return { slot, number }
    }
    return undefined
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

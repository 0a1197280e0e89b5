import type { Proposed, Value } from './command.js'
import { Generation } from './generation.js'
import type { Deps, InstanceId } from './record.js'

/**
 * The newest interfering instance of each row, looked up by what a command touches (protocol §4).
 * It may report too much, never too little: dependencies are prefixes of rows, so
 * that the newest number stands for all below it [H1]. In two generations: the older one goes as a whole once the drop floor
 * has passed everything in it, so that forgetting costs nothing and goes through nothing.
 */
export class ConflictIndex {
  #young: Generation
  #old: Generation
  readonly #found: number[]

  constructor(readonly n: number) {
    this.#young = new Generation(n)
    this.#old = new Generation(n)
    this.#found = new Array<number>(n).fill(0)
  }

  add(id: InstanceId, value: Value): void {
    this.#young.add(id, value)
  }

  /**
   * Per row, the largest number of an instance that interferes with `value`, were it stored as `id`:
   * of its own row only lower numbers count. A newer interfering one there hides which of the lower
   * ones interfere, and then all of them are reported.
   * @returns the index's own vector, good until the next call
   */
  newest(id: InstanceId, value: Proposed): Deps {
    const deps = this.#found.fill(0)
    this.#young.collect(value, deps)
    return this.#lowerThan(id, value, deps)
  }

  /** `newest`, and then `add`. */
  take(id: InstanceId, value: Proposed): Deps {
    const deps = this.#found.fill(0)
    this.#young.take(id, value, deps)
    return this.#lowerThan(id, value, deps)
  }

  /** What is at or below this floor need not be reported any more. */
  drop(floor: Deps): void {
    if (!this.#old.isBelow(floor)) return
    this.#old = this.#young
    this.#young = new Generation(this.n)
  }

  #lowerThan({ slot, number }: InstanceId, value: Proposed, deps: number[]): Deps {
    this.#old.collect(value, deps)
    if ((deps[slot] as number) >= number) deps[slot] = number - 1
    return deps
  }
}

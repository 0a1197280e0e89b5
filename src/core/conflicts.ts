import type { Command, Proposed, RangeSpan, Value } from './command.js'
import { Generation } from './generation.js'
import { hashOf } from './key-table.js'
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
  /** Where the keys of the value in hand have their marks. */
  readonly #places: number[] = []

  constructor(readonly n: number) {
    this.#young = new Generation(n)
    this.#old = new Generation(n)
    this.#found = new Array<number>(n).fill(0)
  }

  add({ slot, number }: InstanceId, value: Value): void {
    this.#young.reach(slot, number)
    if (value.kind !== 'commands') return this.#young.markUniversal(slot, number)
    for (const { spans } of value.commands) {
      for (const span of spans) {
        if (span.kind === 'range') this.#young.markRange(span, slot, number)
        else this.#young.markKey(span, this.#young.place(span.key, hashOf(span.key)), slot, number)
      }
    }
  }

  /**
   * Per row, the largest number of an instance that interferes with `value`, were it stored as `id`:
   * of its own row only lower numbers count. A newer interfering one there hides which of the lower
   * ones interfere, and then all of them are reported.
   * @returns the index's own vector, good until the next call
   */
  newest({ slot, number }: InstanceId, value: Proposed): Deps {
    const found = this.#found.fill(0)
    if (value.kind !== 'commands') {
      this.#young.collectAll(found)
      this.#old.collectAll(found)
    } else for (const command of value.commands) this.#collect(command, found)
    return lowerThan(slot, number, found)
  }

  /** `newest`, and then `add`: each key is hashed and looked up once. */
  take(id: InstanceId, value: Proposed): Deps {
    const { slot, number } = id
    if (value.kind !== 'commands') {
      const found = this.newest(id, value)
      this.add(id, value)
      return found
    }
    const found = this.#found.fill(0)
    this.#young.collectUniversal(found)
    this.#old.collectUniversal(found)
    for (const { spans } of value.commands) {
      for (const span of spans) {
        if (span.kind === 'range') {
          this.#collectRange(span, found)
          continue
        }
        const hash = hashOf(span.key)
        const at = this.#young.place(span.key, hash)
        this.#young.collectKey(span, at, found)
        this.#old.collectKey(span, this.#old.find(span.key, hash), found)
        this.#places.push(at)
      }
    }
    this.#young.reach(slot, number)
    // Once all is collected: it does not interfere with itself.
    let next = 0
    for (const { spans } of value.commands) {
      for (const span of spans) {
        if (span.kind === 'range') this.#young.markRange(span, slot, number)
        else this.#young.markKey(span, this.#places[next++] as number, slot, number)
      }
    }
    this.#places.length = 0
    return lowerThan(slot, number, found)
  }

  /** Whether what interferes with the command, as far as it is known, is of this row only. */
  isOnly(slot: number, command: Command): boolean {
    const found = this.#found.fill(0)
    this.#collect(command, found)
    return found.every((number, row) => number === 0 || row === slot)
  }

  /** What is at or below this floor need not be reported any more. */
  drop(floor: Deps): void {
    if (!this.#old.isBelow(floor)) return
    this.#old = this.#young
    this.#young = new Generation(this.n)
  }

  #collect({ spans }: Command, found: number[]): void {
    this.#young.collectUniversal(found)
    this.#old.collectUniversal(found)
    for (const span of spans) {
      if (span.kind === 'range') this.#collectRange(span, found)
      else {
        const hash = hashOf(span.key)
        this.#young.collectKey(span, this.#young.find(span.key, hash), found)
        this.#old.collectKey(span, this.#old.find(span.key, hash), found)
      }
    }
  }

  #collectRange(range: RangeSpan, found: number[]): void {
    this.#young.collectRange(range, found)
    this.#old.collectRange(range, found)
  }
}

const lowerThan = (slot: number, number: number, found: number[]): Deps => {
  if ((found[slot] as number) >= number) found[slot] = number - 1
  return found
}

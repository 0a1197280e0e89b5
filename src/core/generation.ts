import type { KeySpan, RangeSpan } from './command.js'
import { KeyTable } from './key-table.js'
import { Marks } from './marks.js'
import type { Deps } from './record.js'
import { type Stretch, Stretches } from './stretches.js'

/** What a stretch of time has added to the conflict index. It only grows, and is forgotten as a whole. */
export class Generation {
  readonly #marks: Marks
  readonly #keys = new KeyTable()
  /** The keys in their order, from the first range on that has looked for them. */
  #points: Stretches | undefined
  /** Ranges by `from`, then `to`. */
  readonly #ranges = new Map<string, Map<string | undefined, Stretch>>()
  readonly #stretches: Stretches
  /** What interferes with everything: no-ops [H2], sweeps, seals. */
  readonly #universal: number
  /** Per row: the largest number there is. */
  readonly #last: number[]

  constructor(n: number) {
    this.#marks = new Marks(n)
    this.#stretches = new Stretches(this.#marks, false)
    this.#universal = this.#marks.add()
    this.#last = new Array<number>(n).fill(0)
  }

  /** Whether all that is in here is at or below this floor. */
  isBelow(floor: Deps): boolean {
    return this.#last.every((number, slot) => number <= (floor[slot] as number))
  }

  /** Raises `deps`, per row, to the largest number that there is. */
  collectAll(deps: number[]): void {
    this.#last.forEach((number, slot) => {
      if (number > (deps[slot] as number)) deps[slot] = number
    })
  }

  /** The same, to the largest of what interferes with everything. */
  collectUniversal(deps: number[]): void {
    this.#marks.collect(this.#universal, deps, false)
  }

  /** The same, of what interferes with this key. @param at where its marks are; undefined: it has none */
  collectKey({ key, write }: KeySpan, at: number | undefined, deps: number[]): void {
    if (at !== undefined) this.#marks.collect(at, deps, write)
    if (this.#ranges.size > 0) this.#stretches.collect(key, successor(key), deps, write)
  }

  /** The same, of what interferes with this range. */
  collectRange({ from, to, write }: RangeSpan, deps: number[]): void {
    this.#points ??= this.#sorted()
    this.#points.collect(from, to, deps, write)
    this.#stretches.collect(from, to, deps, write)
  }

  /** Notes that there is an instance, whatever it touches. */
  reach(slot: number, number: number): void {
    if (number > (this.#last[slot] as number)) this.#last[slot] = number
  }

  /** Notes that it interferes with everything. */
  markUniversal(slot: number, number: number): void {
    this.#marks.mark(this.#universal, slot, number, true)
  }

  /** Notes that it touches a key. @param at where that has its marks */
  markKey({ key, write }: KeySpan, at: number, slot: number, number: number): void {
    this.#marks.mark(at, slot, number, write)
    this.#points?.touched(key, slot, number, write)
  }

  /** Notes that it touches a range. */
  markRange(range: RangeSpan, slot: number, number: number): void {
    this.#stretches.touch(this.#range(range), slot, number, range.write)
  }

  /** Where the marks of this key are; undefined: it has none. */
  find(key: string, hash: number): number | undefined {
    return this.#keys.get(key, hash)
  }

  /** Where they are: it gets some. */
  place(key: string, hash: number): number {
    let at = this.#keys.get(key, hash)
    if (at === undefined) {
      at = this.#marks.add()
      this.#keys.add(key, hash, at)
      this.#points?.insert(key, successor(key), at)
    }
    return at
  }

  #sorted(): Stretches {
    const points = new Stretches(this.#marks, true)
    for (const [key, at] of this.#keys.entries()) points.insert(key, successor(key), at)
    return points
  }

  #range({ from, to }: RangeSpan): Stretch {
    let ends = this.#ranges.get(from)
    if (ends === undefined) {
      ends = new Map()
      this.#ranges.set(from, ends)
    }
    let stretch = ends.get(to)
    if (stretch === undefined) {
      stretch = this.#stretches.insert(from, to, this.#marks.add())
      ends.set(to, stretch)
    }
    return stretch
  }
}

/** The smallest key after `key`: a single key is the stretch up to it. */
const successor = (key: string): string => `${key}\0`

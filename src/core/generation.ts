import type { KeySpan, Proposed, RangeSpan, Value } from './command.js'
import { Marks } from './marks.js'
import type { Deps, InstanceId } from './record.js'
import { type Stretch, Stretches } from './stretches.js'

/** What a stretch of time has added to the conflict index. It only grows, and is forgotten as a whole. */
export class Generation {
  readonly #marks: Marks
  readonly #keys = new Map<string, number>()
  /** The keys in their order, from the first range on that has looked for them. */
  #points: Stretches | undefined
  /** Ranges by `from`, then `to`. */
  readonly #ranges = new Map<string, Map<string | undefined, Stretch>>()
  readonly #stretches: Stretches
  /** What interferes with everything: no-ops [H2], sweeps, seals. */
  readonly #universal: number
  /** Per row: the largest number there is. */
  readonly #last: number[]
  /** Where the keys of the value in hand have their marks. */
  readonly #places: number[] = []

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

  add(id: InstanceId, value: Value): void {
    this.#places.length = 0
    if (value.kind === 'commands') {
      for (const { spans } of value.commands) {
        for (const span of spans) if (span.kind === 'key') this.#places.push(this.#place(span.key))
      }
    }
    this.#mark(id, value)
  }

  /** `collect`, and then `add`: each key is looked up once. */
  take(id: InstanceId, value: Proposed, deps: number[]): void {
    this.#places.length = 0
    if (value.kind !== 'commands') this.collect(value, deps)
    else {
      this.#marks.collect(this.#universal, deps, false)
      for (const { spans } of value.commands) {
        for (const span of spans) {
          if (span.kind === 'range') this.#collectRange(span, deps)
          else {
            const at = this.#place(span.key)
            this.#places.push(at)
            this.#collectKey(span, at, deps)
          }
        }
      }
    }
    this.#mark(id, value)
  }

  /** Raises `deps`, per row, to the largest number of an instance that interferes with `value`. */
  collect(value: Proposed, deps: number[]): void {
    if (value.kind !== 'commands') {
      this.#last.forEach((number, slot) => {
        if (number > (deps[slot] as number)) deps[slot] = number
      })
      return
    }
    this.#marks.collect(this.#universal, deps, false)
    for (const { spans } of value.commands) {
      for (const span of spans) {
        if (span.kind === 'key') this.#collectKey(span, this.#keys.get(span.key), deps)
        else this.#collectRange(span, deps)
      }
    }
  }

  /** Once what it interferes with is collected: it does not interfere with itself. */
  #mark({ slot, number }: InstanceId, value: Value): void {
    if (number > (this.#last[slot] as number)) this.#last[slot] = number
    if (value.kind !== 'commands') {
      this.#marks.mark(this.#universal, slot, number, true)
      return
    }
    let place = 0
    for (const { spans } of value.commands) {
      for (const span of spans) {
        if (span.kind === 'range') this.#stretches.touch(this.#range(span), slot, number, span.write)
        else {
          this.#marks.mark(this.#places[place++] as number, slot, number, span.write)
          this.#points?.touched(span.key, slot, number, span.write)
        }
      }
    }
  }

  /** Where the marks of this key are. */
  #place(key: string): number {
    let at = this.#keys.get(key)
    if (at === undefined) {
      at = this.#marks.add()
      this.#keys.set(key, at)
      this.#points?.insert(key, successor(key), at)
    }
    return at
  }

  #collectKey({ key, write }: KeySpan, at: number | undefined, deps: number[]): void {
    if (at !== undefined) this.#marks.collect(at, deps, write)
    if (this.#ranges.size > 0) this.#stretches.collect(key, successor(key), deps, write)
  }

  #collectRange({ from, to, write }: RangeSpan, deps: number[]): void {
    this.#points ??= this.#sorted()
    this.#points.collect(from, to, deps, write)
    this.#stretches.collect(from, to, deps, write)
  }

  #sorted(): Stretches {
    const points = new Stretches(this.#marks, true)
    for (const [key, at] of this.#keys) points.insert(key, successor(key), at)
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

import type { KeySpan, Proposed, RangeSpan, Value } from './command.js'
import { collect, type Marks, mark, newMarks } from './marks.js'
import type { InstanceId } from './record.js'
import { type Stretch, Stretches } from './stretches.js'

/**
 * The newest interfering instance of each row, looked up by what a command touches (protocol §4).
 * It only grows, and may report too much, never too little: dependencies are prefixes of rows, so
 * that the newest number stands for all below it [H1].
 */
export class ConflictIndex {
  readonly #keys = new Map<string, Stretch>()
  readonly #points: Stretches
  /** Ranges by `from`, then `to`. */
  readonly #ranges = new Map<string, Map<string | undefined, Stretch>>()
  readonly #stretches: Stretches
  /** What interferes with everything: no-ops [H2], sweeps, seals. */
  readonly #universal: Marks
  /** Every value there is. */
  readonly #any: Marks

  constructor(readonly n: number) {
    this.#points = new Stretches(n, true)
    this.#stretches = new Stretches(n, false)
    this.#universal = newMarks(n)
    this.#any = newMarks(n)
  }

  add(id: InstanceId, value: Value): void {
    mark(this.#any, id.slot, id.number, true)
    if (value.kind !== 'commands') {
      mark(this.#universal, id.slot, id.number, true)
      return
    }
    for (const { spans } of value.commands) {
      for (const span of spans) {
        if (span.kind === 'key') this.#points.touch(this.#key(span), id.slot, id.number, span.write)
        else this.#stretches.touch(this.#range(span), id.slot, id.number, span.write)
      }
    }
  }

  /**
   * Per row, the largest number of an instance that interferes with `value`, were it stored as `id`:
   * of its own row only lower numbers count. A newer interfering one there hides which of the lower
   * ones interfere, and then all of them are reported.
   */
  newest(id: InstanceId, value: Proposed): number[] {
    const deps = new Array<number>(this.n).fill(0)
    if (value.kind !== 'commands') collect(this.#any, deps, false)
    else {
      collect(this.#universal, deps, false)
      for (const { spans } of value.commands) {
        for (const span of spans) {
          if (span.kind === 'key') this.#collectKey(span, deps)
          else this.#collectRange(span, deps)
        }
      }
    }
    deps[id.slot] = Math.min(deps[id.slot] as number, id.number - 1)
    return deps
  }

  #collectKey({ key, write }: KeySpan, deps: number[]): void {
    const own = this.#keys.get(key)
    if (own !== undefined) collect(own.marks, deps, write)
    this.#stretches.collect(key, successor(key), deps, write)
  }

  #collectRange({ from, to, write }: RangeSpan, deps: number[]): void {
    this.#points.collect(from, to, deps, write)
    this.#stretches.collect(from, to, deps, write)
  }

  #key({ key }: KeySpan): Stretch {
    let stretch = this.#keys.get(key)
    if (stretch === undefined) {
      stretch = this.#points.insert(key, successor(key))
      this.#keys.set(key, stretch)
    }
    return stretch
  }

  #range({ from, to }: RangeSpan): Stretch {
    let ends = this.#ranges.get(from)
    if (ends === undefined) {
      ends = new Map()
      this.#ranges.set(from, ends)
    }
    let stretch = ends.get(to)
    if (stretch === undefined) {
      stretch = this.#stretches.insert(from, to)
      ends.set(to, stretch)
    }
    return stretch
  }
}

/** The smallest key after `key`: a single key is the stretch up to it. */
const successor = (key: string): string => `${key}\0`

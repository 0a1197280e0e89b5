import type { Span } from '../core/index.js'
import { UndeclaredKey } from './state-errors.js'

/** So few spans are faster gone through than looked up. */
const FEW = 8

/** What something may touch, and whether it has kept to it. */
export class Declaration {
  readonly #spans: readonly Span[]
  readonly #mutator: string | undefined
  /** Where there are many: the keys that are spans of their own, and whether they may be changed. */
  #keys: Map<string, boolean> | undefined
  #broken: UndeclaredKey | undefined
  #ended = false

  /** @param mutator whose declaration it is; undefined: of a read */
  constructor(spans: readonly Span[], mutator: string | undefined) {
    this.#spans = spans
    this.#mutator = mutator
  }

  /** The first that was touched in spite of it. */
  get broken(): UndeclaredKey | undefined {
    return this.#broken
  }

  /** From now on nothing may be touched. */
  end(): void {
    this.#ended = true
  }

  /** @throws UndeclaredKey */
  checkKey(key: string, write: boolean): void {
    this.#check({ kind: 'key', key, write }, this.#coversKey(key, write))
  }

  /** A range that is not empty lies within one span. @throws UndeclaredKey */
  checkRange(from: string, to: string | undefined, write: boolean): void {
    const within = (span: Span): boolean =>
      span.kind === 'range' &&
      (span.write || !write) &&
      span.from <= from &&
      (span.to === undefined || (to !== undefined && to <= span.to))
    this.#check({ kind: 'range', from, to, write }, this.#spans.some(within))
  }

  #check(span: Span, covered: boolean): void {
    if (this.#ended) {
      throw new TypeError('this transaction has ended: a mutator is synchronous, and what it works with is not kept')
    }
    if (covered) return
    const error = new UndeclaredKey(this.#mutator, span, this.#spans)
    this.#broken ??= error
    throw error
  }

  #coversKey(key: string, write: boolean): boolean {
    const few = this.#spans.length <= FEW
    if (!few) {
      this.#keys ??= keysOf(this.#spans)
      const declared = this.#keys.get(key)
      if (declared !== undefined && (declared || !write)) return true
    }
    for (const span of this.#spans) {
      if (write && !span.write) continue
      if (
        span.kind === 'range' ? span.from <= key && (span.to === undefined || key < span.to) : few && span.key === key
      ) {
        return true
      }
    }
    return false
  }
}

const keysOf = (spans: readonly Span[]): Map<string, boolean> => {
  const keys = new Map<string, boolean>()
  for (const span of spans) {
    if (span.kind === 'key') keys.set(span.key, span.write || keys.get(span.key) === true)
  }
  return keys
}

import { type Span, spansInterfere } from '../core/index.js'

/** What is to be kept in order, as `Order` sees it. */
export interface Ordered {
  readonly spans: readonly Span[]
  /** Ascending in the order in which they came. */
  readonly order: number
}

/**
 * Which of one client's open commands a new one must not overtake: those that change what it looks at or changes. Of
 * several that change one key only the last is named, which does not overtake those before it either.
 */
export class Order<E extends Ordered> {
  /** By key, those that change it, in order. */
  readonly #writers = new Map<string, E[]>()
  readonly #rangeWriters = new Set<E>()

  /** Those that this one comes after. */
  before({ spans, order }: E): ReadonlySet<E> {
    const found = new Set<E>()
    for (const span of spans) {
      for (const writer of this.#rangeWriters) {
        if (writer.order >= order) break
        if (writer.spans.some((other) => other.write && spansInterfere(other, span))) found.add(writer)
      }
      const lists = span.kind === 'key' ? [this.#writers.get(span.key) ?? []] : this.#within(span)
      for (const writers of lists) {
        const last = writers[indexOf(writers, order) - 1]
        if (last !== undefined) found.add(last)
      }
    }
    return found
  }

  /** One that comes after all that are here. */
  add(one: E): void {
    for (const span of one.spans) {
      if (!span.write) continue
      if (span.kind === 'range') {
        this.#rangeWriters.add(one)
        continue
      }
      const writers = this.#writers.get(span.key)
      if (writers === undefined) this.#writers.set(span.key, [one])
      else if (writers.at(-1) !== one) writers.push(one)
    }
  }

  /** It has its answer: it, and nothing less, is no longer in the way of what came after it. */
  delete(one: E): void {
    this.#rangeWriters.delete(one)
    for (const span of one.spans) {
      if (span.kind !== 'key') continue
      const writers = this.#writers.get(span.key) ?? []
      const index = indexOf(writers, one.order)
      if (writers[index] === one) writers.splice(index, 1)
      if (writers.length === 0) this.#writers.delete(span.key)
    }
  }

  *#within({ from, to }: { readonly from: string; readonly to: string | undefined }): Generator<readonly E[]> {
    for (const [key, writers] of this.#writers) if (from <= key && (to === undefined || key < to)) yield writers
  }
}

/** Where this one is, or would be. */
const indexOf = (sorted: readonly Ordered[], order: number): number => {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as Ordered).order < order) low = middle + 1
    else high = middle
  }
  return low
}

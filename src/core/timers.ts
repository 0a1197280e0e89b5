interface Entry<T> {
  readonly at: number
  /** Breaks ties: what was set first fires first, so that equal runs stay equal. */
  readonly order: number
  readonly what: T
}

/** Deadlines in virtual milliseconds: a binary heap. Whoever set one decides when it fires whether it still matters. */
export class Timers<T> {
  readonly #heap: Entry<T>[] = []
  #order = 0

  /** When the next one is due; undefined when none is set. */
  get next(): number | undefined {
    return this.#heap[0]?.at
  }

  set(at: number, what: T): void {
    const heap = this.#heap
    const entry = { at, order: this.#order++, what }
    let i = heap.length
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent] as Entry<T>
      if (!earlier(entry, above)) break
      heap[i] = above
      i = parent
    }
    heap[i] = entry
  }

  /** Takes out the first deadline at or before `now`. */
  due(now: number): T | undefined {
    const heap = this.#heap
    const first = heap[0]
    if (first === undefined || first.at > now) return undefined
    const last = heap.pop() as Entry<T>
    if (last !== first) this.#sink(last)
    return first.what
  }

  #sink(entry: Entry<T>): void {
    const heap = this.#heap
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      const left = heap[child]
      if (left === undefined) break
      const right = heap[child + 1]
      if (right !== undefined && earlier(right, left)) child++
      const below = heap[child] as Entry<T>
      if (!earlier(below, entry)) break
      heap[i] = below
      i = child
    }
    heap[i] = entry
  }
}

const earlier = <T>(a: Entry<T>, b: Entry<T>): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

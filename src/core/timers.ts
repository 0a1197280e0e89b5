/** All that is due at one time, in the order in which it was set. */
interface Moment<T> {
  readonly at: number
  readonly due: T[]
  /** How many of them have been taken. */
  taken: number
}

/**
 * Deadlines in virtual milliseconds. What is due at the same time shares an entry of a binary heap: of all that begins between
 * two ticks, however much that is. Whoever set one decides when it fires whether it still matters.
 */
export class Timers<T> {
  readonly #heap: Moment<T>[] = []
  readonly #moments = new Map<number, Moment<T>>()

  /** When the next one is due; undefined when none is set. */
  get next(): number | undefined {
    return this.#heap[0]?.at
  }

  set(at: number, what: T): void {
    const known = this.#moments.get(at)
    if (known !== undefined) {
      known.due.push(what)
      return
    }
    const moment: Moment<T> = { at, due: [what], taken: 0 }
    this.#moments.set(at, moment)
    this.#rise(moment)
  }

  /** Takes out the first deadline at or before `now`. */
  due(now: number): T | undefined {
    const first = this.#heap[0]
    if (first === undefined || first.at > now) return undefined
    const what = first.due[first.taken++]
    if (first.taken === first.due.length) this.#remove(first)
    return what
  }

  #remove(first: Moment<T>): void {
    this.#moments.delete(first.at)
    const last = this.#heap.pop() as Moment<T>
    if (last !== first) this.#sink(last)
  }

  #rise(moment: Moment<T>): void {
    const heap = this.#heap
    let i = heap.length
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent] as Moment<T>
      if (moment.at >= above.at) break
      heap[i] = above
      i = parent
    }
    heap[i] = moment
  }

  #sink(moment: Moment<T>): void {
    const heap = this.#heap
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      const left = heap[child]
      if (left === undefined) break
      const right = heap[child + 1]
      if (right !== undefined && right.at < left.at) child++
      const below = heap[child] as Moment<T>
      if (moment.at <= below.at) break
      heap[i] = below
      i = child
    }
    heap[i] = moment
  }
}

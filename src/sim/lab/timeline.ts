/** What something was, and since when: found for any moment by binary search. */
export class Timeline<T> {
  readonly #sinceMs: number[] = []
  readonly #values: T[] = []

  /** What it is now. */
  get last(): T | undefined {
    return this.#values[this.#values.length - 1]
  }

  /** From then on it is this. Times never decrease; of two at one time the later counts. */
  push(atMs: number, value: T): void {
    const { length } = this.#sinceMs
    const at = this.#sinceMs[length - 1] === atMs ? length - 1 : length
    this.#sinceMs[at] = atMs
    this.#values[at] = value
  }

  /** What it was at that moment; undefined before it was anything. */
  at(ms: number): T | undefined {
    return this.#values[countUntil(this.#sinceMs, ms) - 1]
  }
}

/** How many of the ascending times are not after that moment. */
const countUntil = (times: readonly number[], ms: number): number => {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] as number) <= ms) low = middle + 1
    else high = middle
  }
  return low
}

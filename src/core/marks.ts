/**
 * The newest writer and the newest reader of each of many things, per row: of the thing at `at` entry `at + r` is the
 * largest number of row r that writes it, entry `at + n + r` the largest that reads it, 0 for none. One flat table, for there
 * are as many things as there are keys.
 */
export class Marks {
  #numbers: Float64Array
  #end = 0

  constructor(readonly n: number) {
    this.#numbers = new Float64Array(2 * n)
  }

  /** Makes room for one thing more, which nobody has touched. @returns where it is */
  add(): number {
    const at = this.#end
    this.#end += 2 * this.n
    if (this.#end > this.#numbers.length) {
      const larger = new Float64Array(2 * this.#end)
      larger.set(this.#numbers)
      this.#numbers = larger
    }
    return at
  }

  /** Notes that instance (slot, number) reads or writes it. */
  mark(at: number, slot: number, number: number, write: boolean): void {
    const entry = at + slot + (write ? 0 : this.n)
    if (number > (this.#numbers[entry] as number)) this.#numbers[entry] = number
  }

  /** Notes of one thing all that is noted of another. */
  include(at: number, other: number): void {
    for (let i = 0; i < 2 * this.n; i++) {
      const number = this.#numbers[other + i] as number
      if (number > (this.#numbers[at + i] as number)) this.#numbers[at + i] = number
    }
  }

  /** Whether `collect` would raise anything: lets a query skip what is older than what it found already. */
  raises(at: number, deps: readonly number[], readers: boolean): boolean {
    const { n } = this
    for (let r = 0; r < n; r++) {
      if ((this.#numbers[at + r] as number) > (deps[r] as number)) return true
      if (readers && (this.#numbers[at + n + r] as number) > (deps[r] as number)) return true
    }
    return false
  }

  /** Raises `deps` to the newest writers, and to the newest readers where they count. */
  collect(at: number, deps: number[], readers: boolean): void {
    const { n } = this
    for (let r = 0; r < n; r++) {
      const writer = this.#numbers[at + r] as number
      if (writer > (deps[r] as number)) deps[r] = writer
      const reader = this.#numbers[at + n + r] as number
      if (readers && reader > (deps[r] as number)) deps[r] = reader
    }
  }
}

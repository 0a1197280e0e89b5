import type { Instance } from './instance.js'

/** Numbers are looked up by the page. */
const PAGE = 256

type Page = (Instance | undefined)[]

/**
 * The instances of one row that are held, by number, in pages: neighbours lie together, what is at or below a floor goes by
 * the page, and a number far off takes one page, not all that lie between.
 */
export class Row {
  readonly #pages = new Map<number, Page>()
  /** The page that was looked at last: nearly always it is the next one as well. */
  #key = -1
  #page: Page | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get(number: number): Instance | undefined {
    return this.#at(Math.floor(number / PAGE))?.[number % PAGE]
  }

  /** Adds one that is not held. */
  add(instance: Instance): void {
    const { number } = instance.id
    const key = Math.floor(number / PAGE)
    let page = this.#at(key)
    if (page === undefined) {
      page = new Array<undefined>(PAGE).fill(undefined)
      this.#pages.set(key, page)
      this.#page = page
    }
    page[number % PAGE] = instance
    this.#size++
  }

  /** Forgets everything up to this number. */
  drop(upTo: number): void {
    const last = Math.floor(upTo / PAGE)
    for (const [key, page] of this.#pages) {
      if (key > last) continue
      const end = key === last ? (upTo % PAGE) + 1 : PAGE
      for (let i = 0; i < end; i++) {
        if (page[i] === undefined) continue
        page[i] = undefined
        this.#size--
      }
      if (end === PAGE) this.#pages.delete(key)
    }
    this.#key = -1
    this.#page = undefined
  }

  /** All that are held from `from` to `to`, both included, in the order of their numbers. */
  *between(from: number, to: number): Iterable<Instance> {
    const [first, last] = [Math.floor(from / PAGE), Math.floor(to / PAGE)]
    // Mostly gaps, where a row is known only at its far end.
    const sparse = last - first >= this.#pages.size
    const keys = sparse ? [...this.#pages.keys()].sort((a, b) => a - b) : undefined
    const count = keys?.length ?? last - first + 1
    for (let i = 0; i < count; i++) {
      const key = keys?.[i] ?? first + i
      if (key < first || key > last) continue
      for (const instance of this.#pages.get(key) ?? []) {
        if (instance !== undefined && instance.id.number >= from && instance.id.number <= to) yield instance
      }
    }
  }

  /** All that are held, in no particular order. */
  *all(): Iterable<Instance> {
    for (const page of this.#pages.values()) for (const instance of page) if (instance !== undefined) yield instance
  }

  #at(key: number): Page | undefined {
    if (key !== this.#key) {
      this.#key = key
      this.#page = this.#pages.get(key)
    }
    return this.#page
  }
}

import type { Deps } from './record.js'

/** The empty list of every vertex that has none: nothing is ever put into it, see `joined`. */
const NONE: Vertex[] = []

/**
 * A vertex of the graph of what can't be executed yet: an instance, or a *prefix* of a row, which stands
 * for the instance at its end and the prefix below it. Dependencies name prefixes, so the prefix vertices
 * keep the number of edges linear without changing who reaches whom.
 *
 * Vertices found to lie on a cycle are merged; the one that represents the others holds what they share.
 */
export class Vertex {
  /** Outgoing edges still to be followed: rows for an instance, the two of a prefix. */
  edge = 0
  /** An instance's dependencies, once it is committed. A prefix has none. */
  deps: Deps | undefined
  #representative: Vertex = this

  // Of a representative only:
  done = false
  /** What it waits for. Following these leads to a vertex that waits for nothing: a missing one, or one about to be explored. */
  waitsOn: Vertex | undefined
  /** Some vertex further along, to make following short. It counts only while it isn't done. */
  #towards: Vertex | undefined
  /** Vertices that wait for this one. Lists are made when something goes into them: a long queue has many vertices. */
  waiters: Vertex[] = NONE
  /** All that are merged into this one. */
  #others: Vertex[] = NONE
  /** Those of them that have edges not followed yet. */
  #open: Vertex[] = NONE
  #selfOpen = true

  constructor(
    readonly kind: 'instance' | 'prefix',
    readonly slot: number,
    readonly number: number,
  ) {}

  /** Named as a dependency, and not committed yet. */
  get missing(): boolean {
    return this.kind === 'instance' && this.deps === undefined
  }

  get representative(): Vertex {
    let root: Vertex = this
    while (root.#representative !== root) root = root.#representative
    let step: Vertex = this
    while (step !== root) {
      const next = step.#representative
      step.#representative = root
      step = next
    }
    return root
  }

  /** The vertex at the end of what this representative waits for; itself when it waits for nothing. */
  get end(): Vertex {
    let end: Vertex = this
    for (let next = end.#next(); next !== undefined; next = end.#next()) end = next
    let step: Vertex = this
    while (step !== end) {
      const next = step.#next() as Vertex
      step.#towards = end
      step = next
    }
    return end
  }

  get members(): readonly Vertex[] {
    return [this, ...this.#others]
  }

  /** A member with edges not followed yet; undefined when there is none. */
  get open(): Vertex | undefined {
    return this.#open[this.#open.length - 1] ?? (this.#selfOpen ? this : undefined)
  }

  /** The member that is `open` has no edges left. */
  close(): void {
    if (this.#open.pop() === undefined) this.#selfOpen = false
  }

  waitFor(other: Vertex): void {
    this.waitsOn = other
    this.#towards = undefined
    other.waiters = joined(other.waiters, [this])
  }

  /** Takes over `other`, a representative on the same cycle. */
  absorb(other: Vertex): void {
    other.#representative = this
    other.waitsOn = undefined
    this.waiters = joined(this.waiters, other.waiters)
    this.#others = joined(joined(this.#others, other.#others), [other])
    this.#open = joined(joined(this.#open, other.#open), other.#selfOpen ? [other] : NONE)
    other.waiters = other.#others = other.#open = NONE
  }

  #next(): Vertex | undefined {
    if (this.waitsOn === undefined) return undefined
    const towards = this.#towards?.representative
    return towards !== undefined && !towards.done ? towards : this.waitsOn.representative
  }
}

/** Appends the shorter to the longer, so that merging many costs little more than what is merged. Neither is used afterwards. */
const joined = (a: Vertex[], b: Vertex[]): Vertex[] => {
  const [long, short] = a.length < b.length ? [b, a] : [a, b]
  for (const vertex of short) long.push(vertex)
  return long
}

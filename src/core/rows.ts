import { Instance } from './instance.js'
import type { Deps, InstanceId } from './record.js'
import { Row } from './row.js'

/** The instance space of one epoch: a row per voter, and how far each row is known. */
export class Rows {
  readonly #rows: readonly Row[]
  /** Per row: everything up to here is committed, and known here. */
  readonly committed: number[]
  /** Per row: the largest number that was stored here. */
  readonly last: number[]
  /** Per row: the largest number that some dependency vector names. */
  readonly named: number[]
  /** Per row: the last number its owner said it has used. */
  readonly used: number[]
  /** T, per row: everything up to here was executed at every voter, and is forgotten here. */
  readonly dropped: number[]

  constructor(readonly n: number) {
    this.#rows = Array.from({ length: n }, () => new Row())
    this.committed = new Array(n).fill(0)
    this.last = new Array(n).fill(0)
    this.named = new Array(n).fill(0)
    this.used = new Array(n).fill(0)
    this.dropped = new Array(n).fill(0)
  }

  /** Instances held. */
  get size(): number {
    return this.#rows.reduce((sum, row) => sum + row.size, 0)
  }

  find(slot: number, number: number): Instance | undefined {
    return this.#rows[slot]?.get(number)
  }

  /** The instance, made when it was not known. The slot must be one of this epoch's, the number above what is dropped. */
  at(id: InstanceId): Instance {
    const row = this.#row(id.slot)
    let instance = row.get(id.number)
    if (instance === undefined) {
      instance = new Instance(id)
      row.add(instance)
    }
    return instance
  }

  /** Forgets everything up to this floor. */
  drop(floor: Deps): void {
    for (let slot = 0; slot < this.n; slot++) {
      const upTo = floor[slot] as number
      if (upTo <= (this.dropped[slot] as number)) continue
      this.#row(slot).drop(upTo)
      this.dropped[slot] = upTo
      this.committed[slot] = Math.max(this.committed[slot] as number, upTo)
      this.last[slot] = Math.max(this.last[slot] as number, upTo)
    }
  }

  /** All that are held, in no particular order. */
  *all(): Iterable<Instance> {
    for (const row of this.#rows) yield* row.all()
  }

  /** The largest number of a row that anybody here has heard of. */
  horizon(slot: number): number {
    return Math.max(this.last[slot] ?? 0, this.named[slot] ?? 0)
  }

  /** Remembers that something of this instance is stored. */
  stored(id: InstanceId): void {
    if (id.number > (this.last[id.slot] as number)) this.last[id.slot] = id.number
  }

  /** Remembers what a dependency vector names. */
  name(deps: Deps): void {
    for (let r = 0; r < this.n; r++) {
      const number = deps[r] as number
      if (number > (this.named[r] as number)) this.named[r] = number
    }
  }

  /** Moves the committed frontier of a row over what has become known. */
  advance(slot: number): void {
    const row = this.#row(slot)
    let number = this.committed[slot] as number
    while (row.get(number + 1)?.learned) number++
    this.committed[slot] = number
  }

  /** Instances of a row from `from` to `to`, both included, that are known here, in the order of their numbers. */
  between(slot: number, from: number, to: number): Iterable<Instance> {
    return this.#row(slot).between(Math.max(from, (this.dropped[slot] ?? 0) + 1), Math.min(to, this.last[slot] ?? 0))
  }

  #row(slot: number): Row {
    return this.#rows[slot] as Row
  }
}

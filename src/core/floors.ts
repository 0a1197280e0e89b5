import { noDeps, union } from './deps.js'
import type { Mark } from './message.js'
import type { Deps, FloorRecord } from './record.js'

/**
 * The floors of one epoch at one of its voters (protocol §8). S, the stable floor: every voter has durably executed
 * everything up to there; it is part of all dependencies proposed here. T, the drop floor: whatever might not depend on
 * all up to there has been executed everywhere too, so that nobody needs those records any more. To drop at S would let
 * two commands commit without either covering the other [H17, H22].
 */
export class Floors {
  /** S, as it is used here. */
  stable: Deps
  /** The last own number when that was adopted. */
  last = 0
  /** T, as far as records are dropped here. */
  drop: Deps
  /** The ready whose write holds the newest of the above: no mark is told before it is durable [H23]. */
  writtenIn = 0
  /** T, as far as it may go. */
  #allowed: Deps
  /** By slot: how far each voter has said that it has durably executed. */
  readonly #executed: Deps[]
  /** By slot: the newest mark of each voter, and one of each that S has to get past. */
  readonly #newest: (Mark | undefined)[]
  #taken: (Mark | undefined)[]
  #told = 0

  constructor(readonly n: number) {
    this.stable = this.drop = this.#allowed = noDeps(n)
    this.#executed = Array.from({ length: n }, () => noDeps(n))
    this.#newest = new Array<undefined>(n).fill(undefined)
    this.#taken = [...this.#newest]
  }

  get mark(): Mark {
    return { floor: this.stable, last: this.last }
  }

  record(epoch: number): FloorRecord {
    return { epoch, stable: this.stable, last: this.last, drop: this.drop }
  }

  restore({ stable, last, drop }: FloorRecord): void {
    this.stable = stable
    this.last = last
    this.drop = this.#allowed = drop
  }

  /** How far this voter has durably executed everything. */
  executedBy(slot: number): Deps {
    return this.#executed[slot] as Deps
  }

  /** How many instances more this voter has durably executed than when `told` was called last. @param slot -1: none */
  untold(slot: number): number {
    return slot < 0 ? 0 : sum(this.executedBy(slot)) - this.#told
  }

  /** The others are told how far this voter is. */
  told(slot: number): void {
    this.#told = sum(this.executedBy(slot))
  }

  /** A voter, or this one itself, has durably executed everything up to there. */
  executed(slot: number, frontier: Deps): void {
    this.#executed[slot] = union(this.#executed[slot] as Deps, frontier)
  }

  marked(slot: number, mark: Mark): void {
    this.#newest[slot] = mark
    this.#taken[slot] ??= mark
  }

  /** Takes S as far as it may go. Says whether it has moved. @param lastOwn the last own number */
  adopt(lastOwn: number): boolean {
    const least = this.#executed.reduce((a, b) => a.map((number, r) => Math.min(number, b[r] as number)))
    const stable = union(this.stable, least)
    if (stable.every((number, r) => number === this.stable[r])) return false
    this.stable = stable
    this.last = lastOwn
    return true
  }

  /** T, as far as it may go by now; never below `drop`. */
  allowed(): Deps {
    const past = this.#taken.every((mark, r) => mark !== undefined && (this.stable[r] as number) >= mark.last)
    if (past) {
      const marks = this.#taken as Mark[]
      this.#allowed = this.#allowed.map((number, r) =>
        Math.max(number, Math.min(...marks.map(({ floor }) => floor[r] as number))),
      )
      this.#taken = [...this.#newest]
    }
    return this.#allowed
  }
}

const sum = (deps: Deps): number => deps.reduce((a, b) => a + b, 0)

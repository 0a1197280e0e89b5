import type { Marks } from './marks.js'

/** A half-open stretch of the key space, `end` undefined being open, and who touched exactly it. */
export interface Stretch {
  readonly start: string
  readonly end: string | undefined
  /** Where its marks are. */
  readonly at: number
  block: Block
}

/** Neighbours in order of `start`, with what is true of all of them, so that a query can pass them by. */
interface Block {
  stretches: Stretch[]
  /** Where the marks of all of them together are. */
  readonly at: number
  /** The largest `end` among them. */
  reach: string | undefined
}

/** Blocks are split at twice this size: small enough to scan, large enough that there are few of them. */
const BLOCK = 128

/** Stretches of the key space, sorted, for looking up who touched anything in a given one. */
export class Stretches {
  readonly #blocks: Block[] = []

  /** `disjoint` promises that no two stretches overlap, as with single keys: queries then start at the right block. */
  constructor(
    readonly marks: Marks,
    readonly disjoint: boolean,
  ) {}

  /** Adds a stretch that isn't there yet, and whose marks are there. */
  insert(start: string, end: string | undefined, marked: number): Stretch {
    const at = Math.max(0, this.#blockAfter(start) - 1)
    let block = this.#blocks[at]
    if (block === undefined) {
      block = { stretches: [], at: this.marks.add(), reach: start }
      this.#blocks.push(block)
    }
    const stretch: Stretch = { start, end, at: marked, block }
    block.stretches.splice(firstAfter(block.stretches, start), 0, stretch)
    block.reach = farther(block.reach, end)
    this.marks.include(block.at, marked)
    if (block.stretches.length >= 2 * BLOCK) this.#split(at, block)
    return stretch
  }

  /** Notes that instance (slot, number) touches this stretch. */
  touch(stretch: Stretch, slot: number, number: number, write: boolean): void {
    this.marks.mark(stretch.at, slot, number, write)
    this.marks.mark(stretch.block.at, slot, number, write)
  }

  /** The same of the disjoint one that begins there, where its own marks are made already. */
  touched(start: string, slot: number, number: number, write: boolean): void {
    const block = this.#blocks[this.#blockAfter(start) - 1] as Block
    this.marks.mark(block.at, slot, number, write)
  }

  /** Raises `deps` by everything that touches part of `[start, end)`. */
  collect(start: string, end: string | undefined, deps: number[], readers: boolean): void {
    const first = this.disjoint ? Math.max(0, this.#blockAfter(start) - 1) : 0
    for (let i = first; i < this.#blocks.length; i++) {
      const block = this.#blocks[i] as Block
      if (!beginsBefore(block.stretches[0] as Stretch, end)) return
      if (!reaches(block.reach, start) || !this.marks.raises(block.at, deps, readers)) continue
      for (const stretch of block.stretches) {
        if (!beginsBefore(stretch, end)) break
        if (reaches(stretch.end, start)) this.marks.collect(stretch.at, deps, readers)
      }
    }
  }

  /** The first block that begins after `start`. */
  #blockAfter(start: string): number {
    let low = 0
    let high = this.#blocks.length
    while (low < high) {
      const middle = (low + high) >> 1
      const first = (this.#blocks[middle] as Block).stretches[0] as Stretch
      if (first.start <= start) low = middle + 1
      else high = middle
    }
    return low
  }

  #split(at: number, block: Block): void {
    const lower = blockOf(block.stretches.slice(0, BLOCK), this.marks)
    const upper = blockOf(block.stretches.slice(BLOCK), this.marks)
    this.#blocks.splice(at, 1, lower, upper)
  }
}

const blockOf = (stretches: Stretch[], marks: Marks): Block => {
  const block: Block = { stretches, at: marks.add(), reach: '' }
  for (const stretch of stretches) {
    stretch.block = block
    block.reach = farther(block.reach, stretch.end)
    marks.include(block.at, stretch.at)
  }
  return block
}

const firstAfter = (stretches: readonly Stretch[], start: string): number => {
  let low = 0
  let high = stretches.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((stretches[middle] as Stretch).start <= start) low = middle + 1
    else high = middle
  }
  return low
}

const beginsBefore = (stretch: Stretch, end: string | undefined): boolean => end === undefined || stretch.start < end
const reaches = (end: string | undefined, start: string): boolean => end === undefined || end > start
const farther = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || b === undefined ? undefined : a > b ? a : b

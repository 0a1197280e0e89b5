import type { Answer, Draft } from '../../member/index.js'
import type { Done } from '../asks.js'
import { writes } from './exactly-once.js'
import type { Lines } from './lines.js'
import { sameOutcome } from './outcomes.js'
import { Violation } from './violation.js'

interface Made {
  readonly node: string
  readonly writes: boolean
  /** Of its node, and how many snapshots that has installed by then. */
  readonly life: number
  readonly installed: number
  /** It is durable. */
  kept: boolean
  answer: Answer | undefined
}

/**
 * What is asked at a node's queue is done once, or is known not to be done: what is durable is not lost, whatever becomes
 * of its node's memory, and who has asked is told what it came to. That this is not known is told only where it can't be.
 */
export class Drafts {
  /** By the number of the call. */
  readonly #made = new Map<number, Made>()
  readonly #lines: Lines
  readonly #done: (number: number) => Done | undefined
  /** By node: its life, and snapshots that it has installed. */
  readonly #lives = new Map<string, number>()
  readonly #installed = new Map<string, number>()

  /** @param done what a call that changes something has come to, wherever it was executed first */
  constructor(lines: Lines, done: (number: number) => Done | undefined) {
    this.#lines = lines
    this.#done = done
  }

  began(node: string, life: number): void {
    this.#lives.set(node, life)
  }

  /** What is executed between two states is not seen there. */
  installed(node: string): void {
    this.#installed.set(node, this.#installedAt(node) + 1)
  }

  made(node: string, life: number, number: number, draft: Draft): void {
    const installed = this.#installedAt(node)
    this.#made.set(number, { node, writes: writes(draft), life, installed, kept: false, answer: undefined })
    this.#lines.joined(node, number, draft.spans)
  }

  kept(number: number): void {
    const made = this.#made.get(number)
    if (made !== undefined) made.kept = true
  }

  /** A new life of its node knows nothing of it. */
  lost(node: string, number: number): void {
    if (this.#made.get(number)?.kept)
      throw new Violation('kept', `${node} has forgotten call ${number}, which was durable`)
    this.#lines.loosened(node, number)
  }

  answered(node: string, number: number, answer: Answer): void {
    const made = this.#made.get(number) as Made
    const before = made.answer
    made.answer ??= answer
    switch (answer.kind) {
      case 'done':
      case 'threw': {
        const first = this.#done(number)
        if (!made.writes || (first !== undefined && sameOutcome(first, answer))) return
        const what = `${JSON.stringify(answer)}, and it came to ${JSON.stringify(first)}`
        throw new Violation('answers', `call ${number} is answered at ${node}: ${what}`)
      }
      case 'unknown':
        if (before !== undefined) return
        if (made.life === this.#lives.get(node) && made.installed === this.#installedAt(node)) {
          throw new Violation('answers', `${node} has seen all that became of call ${number}, and does not know it`)
        }
        if (answer.reason.includes('answered before')) {
          throw new Violation('answers', `${node} says that call ${number} was answered before, and it was not`)
        }
        return
      case 'expired':
        return
      default:
        throw new Violation('answers', `call ${number} is answered at ${node} that it goes on: ${answer.kind}`)
    }
  }

  /** All is over at these nodes. */
  conclude(present: ReadonlySet<string>): void {
    for (const [number, { node, kept, answer }] of this.#made) {
      if (kept && answer === undefined && present.has(node)) {
        throw new Violation('kept', `call ${number} was durable at ${node}, and was never answered`)
      }
    }
  }

  /** Calls that have changed something, as whoever has made them was told. */
  get done(): Iterable<number> {
    return this.#answeredWith(({ kind }) => kind === 'done' || kind === 'threw')
  }

  /** Calls that have not. */
  get expired(): Iterable<number> {
    return this.#answeredWith(({ kind }) => kind === 'expired')
  }

  *#answeredWith(is: (answer: Answer) => boolean): Iterable<number> {
    for (const [number, { writes, answer }] of this.#made)
      if (writes && answer !== undefined && is(answer)) yield number
  }

  #installedAt(node: string): number {
    return this.#installed.get(node) ?? 0
  }
}

import type { Command } from '../../core/index.js'
import { numberOf } from '../asks.js'
import type { Lines } from './lines.js'
import { Violation } from './violation.js'

/** Whether executing it changes anything: only then does it matter how often that is done. */
export const writes = ({ spans }: Pick<Command, 'spans'>): boolean => spans.some(({ write }) => write)

/**
 * The calls that have changed one state machine, over all the lives and replicas that its snapshots connect: whatever
 * commands, of whatever session, they were proposed as.
 */
export class Applied {
  readonly #numbers: Set<number>
  readonly #lines: Lines

  /** @param numbers of those that are in the state that it begins with */
  constructor(
    readonly owner: string,
    lines: Lines,
    numbers: Iterable<number> = [],
  ) {
    this.#lines = lines
    this.#numbers = new Set(numbers)
  }

  /** Equal sets give equal lists. */
  get numbers(): readonly number[] {
    return [...this.#numbers].sort((a, b) => a - b)
  }

  has(number: number): boolean {
    return this.#numbers.has(number)
  }

  applied(command: Pick<Command, 'spans' | 'payload'>): void {
    const number = numberOf(command)
    this.#lines.executed(this, number)
    if (!writes(command)) return
    if (this.has(number)) throw new Violation('exactly once', `${this.owner} has applied call ${number} twice`)
    this.#numbers.add(number)
  }

  /** What a client was answered has changed this machine too. @param answered numbers of calls that change something */
  checkHolds(answered: Iterable<number>): void {
    for (const number of answered) {
      if (!this.has(number))
        throw new Violation('answered', `call ${number} was answered, and is lost at ${this.owner}`)
    }
  }

  /** What a client was refused for good has not. */
  checkLacks(refused: Iterable<number>): void {
    for (const number of refused) {
      if (this.has(number)) {
        throw new Violation('exactly once', `call ${number} was refused as expired, and applied at ${this.owner}`)
      }
    }
  }
}

import type { Command, Executable } from '../../core/index.js'
import { type Outcome, sameJson } from '../../state/index.js'
import { type Done, numberOf } from '../asks.js'
import { writes } from './exactly-once.js'
import { nameOf, show, Violation } from './violation.js'

/** What a machine made of one command. */
export interface Executed {
  readonly command: Command
  readonly outcome: Outcome
}

/** What a call has come to, and when it first did, anywhere. */
export interface Came {
  readonly done: Done
  readonly atMs: number
}

/**
 * Every replica makes the same of every command of every instance: its result, or why it has none. And a call that changes
 * something comes to one thing, in whichever instance.
 */
export class Outcomes {
  readonly #first = new Map<string, readonly Executed[]>()
  /** By call. */
  readonly #came = new Map<number, Came>()
  readonly #now: () => number

  /** @param now virtual milliseconds */
  constructor(now: () => number = () => 0) {
    this.#now = now
  }

  /** What a call that changes something has come to; undefined: it was executed nowhere. */
  of(number: number): Came | undefined {
    return this.#came.get(number)
  }

  executed(owner: string, epoch: number, { instance }: Executable, outcomes: readonly Executed[]): void {
    const name = `${epoch}:${show(instance)}`
    const first = this.#first.get(name)
    if (first === undefined) {
      this.#first.set(name, outcomes)
      for (const { command, outcome } of outcomes) this.#note(owner, command, outcome)
      return
    }
    outcomes.forEach(({ command, outcome }, i) => {
      const before = first[i]?.outcome
      if (before === undefined || !sameOutcome(before, outcome)) {
        const what = `${nameOf(command)} in ${name}: ${JSON.stringify(before)}, at ${owner} ${JSON.stringify(outcome)}`
        throw new Violation('equal outcomes', what)
      }
    })
  }

  #note(owner: string, command: Command, outcome: Outcome): void {
    if (!writes(command) || (outcome.kind !== 'done' && outcome.kind !== 'threw')) return
    const number = numberOf(command)
    const before = this.#came.get(number)
    if (before === undefined) this.#came.set(number, { done: outcome, atMs: this.#now() })
    else if (!sameOutcome(before.done, outcome)) {
      const what = `call ${number}: ${JSON.stringify(before.done)}, and then at ${owner} ${JSON.stringify(outcome)}`
      throw new Violation('equal outcomes', what)
    }
  }
}

export const sameOutcome = (a: Outcome, b: Outcome): boolean => {
  if (a.kind === 'done') return b.kind === 'done' && sameJson(a.result, b.result)
  return a.kind === 'threw' ? b.kind === 'threw' && a.message === b.message : a.kind === b.kind
}

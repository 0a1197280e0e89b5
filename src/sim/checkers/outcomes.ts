import type { Command, Executable } from '../../core/index.js'
import { type Outcome, sameJson } from '../../state/index.js'
import { nameOf, show, Violation } from './violation.js'

/** What a machine made of one command. */
export interface Executed {
  readonly command: Command
  readonly outcome: Outcome
}

/** Every replica makes the same of every command of every instance: its result, or why it has none. */
export class Outcomes {
  readonly #first = new Map<string, readonly Executed[]>()

  executed(owner: string, epoch: number, { instance }: Executable, outcomes: readonly Executed[]): void {
    const name = `${epoch}:${show(instance)}`
    const first = this.#first.get(name)
    if (first === undefined) {
      this.#first.set(name, outcomes)
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
}

const sameOutcome = (a: Outcome, b: Outcome): boolean => {
  if (a.kind === 'done') return b.kind === 'done' && sameJson(a.result, b.result)
  return a.kind === 'threw' ? b.kind === 'threw' && a.message === b.message : a.kind === b.kind
}

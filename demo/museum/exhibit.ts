import type { Replica } from 'epaxos/core'
import type { Finding } from 'epaxos/sim'

/** A famous bug: one run, told twice, with a rule and without it. */
export interface Exhibit {
  /** What its address ends with. */
  readonly id: string
  readonly title: string
  /** The rule that is off on one side. */
  readonly rule: string
  /** What goes wrong without it, and where that was seen. */
  readonly story: string
  /** What to look at in this run. */
  readonly look: string
  /** The fault, by its name in the list of tools/mutants. */
  readonly mutant: string
  /** Core with that fault in it. */
  readonly core: () => Promise<{ readonly Replica: typeof Replica }>
  /** What both sides run: a script of the Lab. */
  readonly script: string
  /** How long. */
  readonly untilMs: number
  readonly windowMs: number
  /** What gives it away: a checker, or that more than `MOST_BEHIND` commands are committed somewhere and not executed elsewhere. */
  readonly by: Finding['check'] | 'lag'
}

/** In so short a run nobody falls behind by more commands than this who executes as it goes. */
export const MOST_BEHIND = 20

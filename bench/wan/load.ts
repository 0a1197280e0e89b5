import type { Places } from './places.js'

/** What is asked of a group, in virtual milliseconds. The same load gives the same run. */
export interface Load {
  readonly seed: number
  readonly places: Places
  /** At each place; each waits for its answer, and then asks for the next command at once. */
  readonly clients: number
  /** In hundredths: how likely a command writes the one key that others write, too. All others write a key of their own. */
  readonly interference: number
  /** What it takes to make a write durable. */
  readonly writeMs: number
  /** For so long clients ask; what they ask for before is measured from `warmMs` on. */
  readonly runMs: number
  readonly warmMs: number
}

/** How long a command took where it was proposed, in milliseconds from the proposal on. */
export interface Taken {
  readonly slot: number
  readonly commitMs: number
  readonly executeMs: number
  readonly fast: boolean
}

/** What came of a load. */
export interface Course {
  /** Of what was asked for after `warmMs`. */
  readonly taken: readonly Taken[]
  /** The most instances that a voter had committed and not executed, in the first and in the second half of the run. */
  readonly lag: readonly [number, number]
  /** What must not have happened. */
  readonly failures: readonly string[]
}

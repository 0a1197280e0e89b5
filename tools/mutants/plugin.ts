import type { Plugin } from 'vite'
import { root } from '../entries.js'

/** Of the simulator: groups whose voters stay the same; or one that is founded by one, and that members join and leave. */
export type Profile = 'fixed' | 'churn'

/** A named fault: one place of a source says something else. */
export interface Mutant {
  readonly name: string
  /** The rule it breaks, by its id in the list of hazards. */
  readonly hazard: string
  /** Below `src/`. */
  readonly file: string
  /** Occurs exactly once in the file. */
  readonly find: string
  readonly replace: string
  /** What the faulty replica does, in a sentence. */
  readonly says: string
  /** What it is run in; absent: fixed. */
  readonly profile?: Profile
  /** The sizes of fixed groups in which that differs from what is right; absent: all. */
  readonly sizes?: readonly number[]
}

export const pathOf = ({ file }: Mutant): string => `${root}src/${file}`

/**
 * The source with the fault in it.
 * @throws Error when what is to be replaced is not there exactly once: the source has changed, and the fault must follow
 */
export const mutated = ({ name, file, find, replace }: Mutant, source: string): string => {
  const [before, after, ...more] = source.split(find)
  if (before === undefined || after === undefined || more.length > 0) {
    const times = more.length === 0 ? 0 : more.length + 1
    throw new Error(`mutant ${name}: src/${file} holds ${JSON.stringify(find)} ${times} times, not once`)
  }
  return before + replace + after
}

/** Puts the fault in while Vite loads the sources: what is shipped has no switches. */
export const mutate = (mutant: Mutant): Plugin => {
  const path = pathOf(mutant)
  return {
    name: `mutant-${mutant.name}`,
    enforce: 'pre',
    transform: (source, id) => (id === path ? mutated(mutant, source) : undefined),
  }
}

import { runnerImport } from 'vite'
import type * as Simulator from '../../src/sim/index.js'
import { root } from '../entries.js'
import { type Mutant, mutate, pathOf } from './plugin.js'

/** Runs of the simulator over sources with a fault in them, until one fails. */

/** Of groups of `n` fixed voters; without, of the churn profile. */
export interface Run {
  readonly seed: number
  readonly n?: number
}

/** What the runs of a trial are to be like. */
export type Runs = Pick<Mutant, 'profile' | 'sizes'>

/** Small groups run fastest and fail most; at five voters recovery has to think, four and seven have quorums of their own. */
const SIZES = [3, 5, 4, 3, 5, 7] as const

/** The run with this index, 0, 1, 2 …, of a trial. */
export const runAt = (index: number, { profile, sizes = SIZES }: Runs): Run => {
  const seed = index + 1
  return profile === 'churn' ? { seed } : { seed, n: sizes[index % sizes.length] as number }
}

export const shown = ({ seed, n }: Run): string => (n === undefined ? `churn seed ${seed}` : `seed ${seed} n ${n}`)

/** Whether this run is without a fault; otherwise the checker, or the error, that has convicted it. */
export type Trial = (run: Run) => string | undefined

/** The simulator over the sources as they are, or with one fault in them. */
export const trialOf = async (mutant: Mutant | undefined): Promise<Trial> => {
  const { module, dependencies } = await runnerImport<typeof Simulator>(`${root}src/sim/index.ts`, {
    root,
    configFile: false,
    logLevel: 'error',
    plugins: mutant === undefined ? [] : [mutate(mutant)],
  })
  if (mutant !== undefined && !dependencies.includes(pathOf(mutant))) {
    throw new Error(`mutant ${mutant.name}: the simulator does not use src/${mutant.file}`)
  }
  return ({ seed, n }) => {
    try {
      if (n === undefined) module.simulateChurn({ seed })
      else module.simulate({ seed, n })
      return undefined
    } catch (error) {
      const cause = error instanceof module.SimulationFailed ? error.cause : error
      if (cause instanceof module.Violation) return cause.checker
      return cause instanceof Error ? cause.name : String(cause)
    }
  }
}

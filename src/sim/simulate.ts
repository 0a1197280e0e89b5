import { MAX_VOTERS } from '../core/index.js'
import { checkSeed, SimulationFailed } from './failure.js'
import type { Report } from './report.js'
import { type SimulationOptions, World } from './world.js'

/**
 * Runs a group of real replicas in a world that fails as the seed says, lets it recover, and checks everything.
 * @throws RangeError when `n` is no whole number from 1 to 9, or `seed` none from 0 to `Number.MAX_SAFE_INTEGER`
 * @throws SimulationFailed, whose message says how to run it again
 */
export const simulate = (options: SimulationOptions): Report => {
  const { seed, n, faults, workload, durationMs } = options
  if (!Number.isInteger(n) || n < 1 || n > MAX_VOTERS) {
    throw new RangeError(`a group has a whole number of voters from 1 to ${MAX_VOTERS}, not ${n}`)
  }
  checkSeed(seed)
  try {
    return new World(options).run()
  } catch (cause) {
    const drawn = faults === undefined && workload === undefined && durationMs === undefined
    const replay = drawn ? `npm run sim -- --seed ${seed} --voters ${n}` : undefined
    const otherwise = `simulate with seed ${seed}, n ${n} and the options of its own that this run had`
    throw new SimulationFailed(cause, replay, otherwise)
  }
}

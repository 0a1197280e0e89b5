import { checkSeed, SimulationFailed } from '../failure.js'
import type { ChurnReport } from './report.js'
import { type ChurnOptions, ChurnWorld } from './world.js'

/**
 * Runs a group of real members that is founded by one, and that others join and leave, in a world that fails as the seed
 * says; lets it recover, and checks everything.
 * @throws RangeError when `seed` is no whole number from 0 to `Number.MAX_SAFE_INTEGER`
 * @throws SimulationFailed, whose message says how to run it again
 */
export const simulateChurn = (options: ChurnOptions): ChurnReport => {
  checkSeed(options.seed)
  try {
    return new ChurnWorld(options).run()
  } catch (cause) {
    throw new SimulationFailed(cause, `npm run sim -- --profile churn --seed ${options.seed}`, '')
  }
}

import type { Report } from './report.js'
import { type SimulationOptions, World } from './world.js'

/**
 * Runs a group of real replicas in a world that fails as the seed says, lets it recover, and checks everything.
 * @throws SimulationFailed, whose message says how to run it again
 */
export const simulate = (options: SimulationOptions): Report => {
  try {
    return new World(options).run()
  } catch (cause) {
    throw new SimulationFailed(options, cause)
  }
}

/** A run has found a fault: its cause is a `Violation`, or an assertion of the replica itself. */
export class SimulationFailed extends Error {
  override readonly name = 'SimulationFailed'
  constructor({ seed, n }: SimulationOptions, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause)
    super(`${what}\nreplay: npm run sim -- --seed ${seed} --voters ${n}`, { cause })
  }
}

import { MAX_VOTERS } from '../core/index.js'
import type { Report } from './report.js'
import { type SimulationOptions, World } from './world.js'

/**
 * Runs a group of real replicas in a world that fails as the seed says, lets it recover, and checks everything.
 * @throws RangeError when `n` is no whole number from 1 to 9, or `seed` none from 0 to `Number.MAX_SAFE_INTEGER`
 * @throws SimulationFailed, whose message says how to run it again
 */
export const simulate = (options: SimulationOptions): Report => {
  const { seed, n } = options
  if (!Number.isInteger(n) || n < 1 || n > MAX_VOTERS) {
    throw new RangeError(`a group has a whole number of voters from 1 to ${MAX_VOTERS}, not ${n}`)
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`a seed is a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, not ${seed}`)
  }
  try {
    return new World(options).run()
  } catch (cause) {
    throw new SimulationFailed(options, cause)
  }
}

/** A run has found a fault: its cause is a `Violation`, or an assertion of the replica itself. */
export class SimulationFailed extends Error {
  override readonly name = 'SimulationFailed'
  /** The command that runs it again; undefined where the run had options that no command line can give. */
  readonly replay: string | undefined

  constructor({ seed, n, faults, workload, durationMs }: SimulationOptions, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause)
    const drawn = faults === undefined && workload === undefined && durationMs === undefined
    const replay = drawn ? `npm run sim -- --seed ${seed} --voters ${n}` : undefined
    const again = replay ?? `simulate with seed ${seed}, n ${n} and the options of its own that this run had`
    super(`${what}\nreplay: ${again}`, { cause })
    this.replay = replay
  }
}

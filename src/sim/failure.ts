import { EpaxosError } from '../core/index.js'
/** A run has found a fault: its cause is a `Violation`, or an assertion of the replica itself. */
export class SimulationFailed extends EpaxosError {
  override readonly name = 'SimulationFailed'

  /**
   * @param replay the command that runs it again; undefined where the run had options that no command line can give
   * @param otherwise how to run it again then
   */
  constructor(
    cause: unknown,
    readonly replay: string | undefined,
    otherwise: string,
  ) {
    super(`${cause instanceof Error ? cause.message : String(cause)}\nreplay: ${replay ?? otherwise}`, { cause })
  }
}

/** @throws RangeError for what is no whole number from 0 to `Number.MAX_SAFE_INTEGER` */
export const checkSeed = (seed: number): void => {
  if (Number.isSafeInteger(seed) && seed >= 0) return
  throw new RangeError(`a seed is a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, not ${seed}`)
}

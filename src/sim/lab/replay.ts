import type { LabScript } from './contract.js'
import { LabRefused } from './refused.js'
import { InvalidScript } from './words.js'
import { type LabParts, LabWorld } from './world.js'

/**
 * A run of a script from its beginning: the same script, the same run. At each step everything due by then has happened.
 * @param untilMs virtual milliseconds; not before its last step
 * @param lineOf the line of a step, for the error
 * @throws InvalidScript where a step can't be done
 */
export const replay = (
  { setup, steps }: LabScript,
  untilMs: number,
  parts: LabParts | undefined,
  lineOf: (step: number) => number = (step) => step + 2,
): LabWorld => {
  const world = new LabWorld(setup, parts)
  steps.forEach(({ atMs, action }, index) => {
    world.runUntil(atMs)
    try {
      world.act(action)
    } catch (error) {
      if (error instanceof LabRefused) throw new InvalidScript(lineOf(index), `it can't be done: ${error.message}`)
      throw error
    }
  })
  world.runUntil(untilMs)
  return world
}

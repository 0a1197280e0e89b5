import type { LabScript } from './contract.js'
import { LabRefused } from './refused.js'
import { InvalidScript } from './words.js'
import { type LabParts, LabWorld } from './world.js'

/** So many events happen between two looks at how far it has come: some tens of milliseconds. */
const EVENTS_AT_ONCE = 500

/**
 * A run of a script from its beginning: the same script, the same run. At each step everything due by then has happened.
 * @param untilMs virtual milliseconds; not before its last step
 * @param lineOf the line of a step, for the error
 * @throws InvalidScript where a step can't be done, or the run is over before
 */
export const replay = (...[script, untilMs, parts, lineOf]: Parameters<typeof replaying>): LabWorld =>
  finish(replaying(script, untilMs, parts, lineOf))

/** The same, bit by bit: tells in between at which moment it is. */
export function* replaying(
  { setup, steps }: LabScript,
  untilMs: number,
  parts: LabParts | undefined,
  lineOf: (step: number) => number = (step) => step + 2,
): Generator<number, LabWorld> {
  const world = new LabWorld(setup, parts)
  for (const [index, { atMs, action }] of steps.entries()) {
    while (!world.runPart(atMs, EVENTS_AT_ONCE)) yield world.nowMs
    try {
      world.act(action)
    } catch (error) {
      if (error instanceof LabRefused) throw new InvalidScript(lineOf(index), `it can't be done: ${error.message}`)
      throw error
    }
  }
  while (!world.runPart(untilMs, EVENTS_AT_ONCE)) yield world.nowMs
  if (world.nowMs < untilMs) {
    const problem = `so much comes of it that the run is over at ${world.nowMs}ms, and can't be run until ${untilMs}ms`
    throw new InvalidScript(steps.length === 0 ? 1 : lineOf(steps.length - 1), problem)
  }
  return world
}

/** All of it at once. */
export const finish = <T>(work: Generator<unknown, T>): T => {
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

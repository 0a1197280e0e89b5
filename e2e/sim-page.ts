/** The simulator as a page loads it. */
import { playScenario, simulate } from 'epaxos/sim'

/** The hash of each run's trace. */
export const tracesOf = (seeds: readonly number[], n: number): readonly string[] =>
  seeds.map((seed) => simulate({ seed, n }).trace)

/** What becomes of each of these runs of the Lab, as their files tell it. */
export const played = (scenarios: readonly string[]): readonly string[] => scenarios.map(playScenario)

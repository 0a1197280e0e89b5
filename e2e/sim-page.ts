/** The simulator as a page loads it. */
import { simulate } from 'epaxos/sim'

/** The hash of each run's trace. */
export const tracesOf = (seeds: readonly number[], n: number): readonly string[] =>
  seeds.map((seed) => simulate({ seed, n }).trace)

import { MAX_VOTERS } from './quorum.js'
import type { ReplicaId } from './record.js'

/** What is fixed for one epoch of a group (protocol §9). */
export interface Configuration {
  /** The epoch: 0, 1, 2 … */
  readonly number: number
  /** 1 … 9 different ids, sorted: their order is that of the slots. */
  readonly voters: readonly ReplicaId[]
  /** What packets look like. */
  readonly wireVersion: number
  /** As which version of itself the replicated state executes commands. */
  readonly stateVersion: number
}

export const sameConfiguration = (a: Configuration, b: Configuration): boolean =>
  a.number === b.number &&
  a.wireVersion === b.wireVersion &&
  a.stateVersion === b.stateVersion &&
  a.voters.length === b.voters.length &&
  a.voters.every((voter, slot) => voter === b.voters[slot])

/** Why this can't be a configuration; undefined when it can. */
export const configurationFault = ({
  number,
  voters,
  wireVersion,
  stateVersion,
}: Configuration): string | undefined => {
  if (!isCount(number, 0)) return `an epoch is 0, 1, 2 …, not ${number}`
  if (!isCount(wireVersion, 1) || !isCount(stateVersion, 1)) return 'versions are 1, 2, 3 …'
  if (voters.length < 1 || voters.length > MAX_VOTERS)
    return `a group has 1 to ${MAX_VOTERS} voters, not ${voters.length}`
  const sorted = voters.every((voter, slot) => slot === 0 || (voters[slot - 1] as ReplicaId) < voter)
  return sorted ? undefined : `voters are sorted, and different: not [${voters.join(', ')}]`
}

const isCount = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least

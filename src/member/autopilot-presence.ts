import { type Configuration, quorumsOf, type ReplicaId } from '../core/index.js'
import type { Candidate, PolicyView } from './policy.js'

/** Heard within this time, a member is here: a link that is silent for longer is taken for broken. */
const HERE_MS = 5_000

/** Whether its code can take part in this epoch at all. */
export const canExecute = (
  { stateVersions, wireVersions }: Candidate,
  { stateVersion, wireVersion }: Configuration,
): boolean => within(stateVersion, stateVersions) && within(wireVersion, wireVersions)

export const isHere = (candidate: Candidate, configuration: Configuration): boolean =>
  candidate.silentMs <= HERE_MS && canExecute(candidate, configuration)

/** Here, and has executed nearly all: it can begin the next epoch at once. */
export const isReady = (candidate: Candidate, configuration: Configuration): boolean =>
  isHere(candidate, configuration) && (candidate.self || candidate.close)

export const votersHere = ({ configuration, candidates }: PolicyView): readonly Candidate[] =>
  candidates.filter((one) => configuration.voters.includes(one.id) && isHere(one, configuration))

/** Whether the members that are ready are a slow quorum of these voters [H29]. */
export const hasReadyQuorum = ({ configuration, candidates }: PolicyView, voters: readonly ReplicaId[]): boolean => {
  const ready = candidates.filter((one) => voters.includes(one.id) && isReady(one, configuration))
  return ready.length >= quorumsOf(voters.length).slow
}

/**
 * As which version the state should go on with these voters: the highest that everybody here can execute, once all
 * these voters are here. Those whose code is too old for the present version already have stopped: nobody waits for
 * them.
 */
export const stateVersionFor = ({ configuration, candidates }: PolicyView, voters: readonly ReplicaId[]): number => {
  const present = configuration.stateVersion
  const here = candidates.filter(({ silentMs, stateVersions }) => silentMs <= HERE_MS && stateVersions[1] >= present)
  if (!voters.every((voter) => here.some(({ id }) => id === voter))) return present
  const lowest = Math.max(...here.map(({ stateVersions }) => stateVersions[0]))
  const highest = Math.min(...here.map(({ stateVersions }) => stateVersions[1]))
  return lowest <= highest ? highest : present
}

const within = (version: number, [lowest, highest]: readonly [number, number]): boolean =>
  lowest <= version && version <= highest

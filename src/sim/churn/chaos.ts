import type { Configuration } from '../../core/index.js'
import type { Candidate, Policy, PolicyView } from '../../member/index.js'
import type { Random } from '../random.js'

/** As large as autopilot ever has it. */
const MOST_VOTERS = 5

/** How often it does not care who has caught up, or is there at all: that is for core to refuse [H29]. */
const CARELESS = 0.15

/** How often a version is raised where it could be. */
const RAISE = 0.3

/**
 * A policy without reason: now and then it has any members vote, of an even number, the worst of them, and with a version
 * that others can't execute. Only who wants to leave is left out.
 */
export const chaos =
  (random: Random, chance: number): Policy =>
  ({ configuration, candidates }) => {
    const stays = { voters: undefined, stateVersion: configuration.stateVersion, reason: 'chance' }
    const leaver = candidates.some(({ id, leaving }) => leaving && configuration.voters.includes(id))
    if (!leaver && !random.chance(chance)) return stays
    const careless = random.chance(CARELESS)
    const staying = candidates.filter(({ self, close, leaving }) => !leaving && (self || close || careless))
    if (staying.length === 0) return stays
    const version = random.chance(RAISE) ? configuration.stateVersion + 1 : configuration.stateVersion
    const willing = staying.filter((one) => canExecute(one, version))
    const [chosen, stateVersion] = willing.length > 0 ? [willing, version] : [staying, configuration.stateVersion]
    const voters = random.sample(chosen, 1 + random.below(MOST_VOTERS)).map(({ id }) => id)
    return { voters: voters.sort(), stateVersion, reason: 'chance' }
  }

/** Leaves all as it is once the faults are over. @param decided gets what the next epoch may be from now on */
export const watched =
  (over: () => boolean, decided: (next: Configuration) => void, policy: Policy): Policy =>
  (view: PolicyView) => {
    const { configuration } = view
    const { number, stateVersion } = configuration
    if (over()) return { voters: undefined, stateVersion, reason: 'the end' }
    const decision = policy(view)
    const voters = decision.voters ?? configuration.voters
    const stays = decision.voters === undefined && decision.stateVersion === stateVersion
    if (!stays) decided({ ...configuration, number: number + 1, voters, stateVersion: decision.stateVersion })
    return decision
  }

const canExecute = ({ stateVersions: [lowest, highest] }: Candidate, version: number): boolean =>
  lowest <= version && version <= highest

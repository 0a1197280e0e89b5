import type { Configuration } from './configuration.js'
import { configurationFault } from './configuration.js'
import type { Epoch } from './epoch.js'
import { quorumsOf } from './quorum.js'
import type { Deps, ReplicaId } from './record.js'

/** Whether this member has said, within the last seconds, that it is nearly as far as this replica (protocol §9). */
export const isClose = (epoch: Epoch, id: ReplicaId, executed: Deps): boolean => {
  if (id === epoch.id) return true
  const said = epoch.acknowledged.get(id)
  if (said === undefined || epoch.now - said.atMs > epoch.tuning.closeMs) return false
  const lag = executed.reduce((sum, number, slot) => sum + Math.max(0, number - (said.frontier[slot] as number)), 0)
  return lag <= epoch.tuning.closeInstances
}

/**
 * Why this epoch must not be sealed towards that one now; undefined when it may. A slow quorum of the next voters has to
 * be there with the state, or nobody ever votes again [H29]; and of those that do not vote yet, all.
 */
export const unsafe = (epoch: Epoch, next: Configuration, executed: Deps): string | undefined => {
  const wrong = configurationFault(next)
  if (wrong !== undefined) return wrong
  if (next.stateVersion < epoch.configuration.stateVersion) return 'versions of the state are never lowered'
  const missing = next.voters.filter((id) => !isClose(epoch, id, executed))
  const newcomer = missing.find((id) => !epoch.voters.includes(id))
  if (newcomer !== undefined) return `${newcomer}, which is to vote, has not said lately that it has caught up`
  const there = next.voters.length - missing.length
  const { n, slow } = quorumsOf(next.voters.length)
  return there < slow ? `only ${there} of the next ${n} voters have said lately that they have caught up` : undefined
}

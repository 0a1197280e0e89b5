import { quorumsOf, type ReplicaId } from '../core/index.js'
import { canExecute, votersHere } from './autopilot-presence.js'
import type { Candidate, PolicyView } from './policy.js'

/** Everything is as it should be; `spare` members that do not vote could. */
export const allIsWell = (view: PolicyView, spare: number): string =>
  `${presence(view)}; ${spare === 0 ? 'nobody' : spare === 1 ? '1 observer' : `${spare} observers`} could take over`

/** Nobody may ever be replaced. */
export const fixed = (view: PolicyView): string => `${presence(view)}; they are fixed`

/** The voters that are here can't decide anything. */
export const noQuorum = (view: PolicyView): string => {
  const { voters } = view.configuration
  const here = votersHere(view)
  const missing = voters.filter((voter) => !here.some(({ id }) => id === voter))
  return `${presence(view)}, ${quorumsOf(voters.length).slow} are needed: the room waits for ${names(missing, 'or')}`
}

/** The present voters that are not among the next ones, why, and who takes over. */
export const change = (view: PolicyView, graceMs: number, next: readonly Candidate[]): string => {
  const { voters } = view.configuration
  const removed = voters.filter((voter) => !next.some(({ id }) => id === voter))
  const added = next.filter(({ id }) => !voters.includes(id)).map(({ id }) => id)
  if (removed.length === 0) return `${subject(added, 'joins', 'join')} the voters, which makes ${next.length}`
  const causes = removed.map((id) => causeOf(id, view, graceMs, next))
  const because = removed.flatMap((id, index) => (causes[index] === undefined ? [] : [`${name(id)} ${causes[index]}`]))
  // Nothing is wrong with the others, but the number has to be odd, and within bounds.
  const surplus = removed.filter((_, index) => causes[index] === undefined)
  if (surplus.length > 0) because.push(`${subject(surplus, 'steps', 'step')} back`)
  return `${because.join(', ')}, and ${outcome(added, next.length)}`
}

/** That change is due, but the members that it needs have not caught up. */
export const tooFewReady = (planned: string): string =>
  `${planned}, as soon as enough of the new voters are here and have caught up`

export const raised = (stateVersion: number): string =>
  `the state goes on as version ${stateVersion}, which everybody here can execute`

const presence = (view: PolicyView): string => {
  const n = view.configuration.voters.length
  const here = votersHere(view).length
  return `${here} of ${n} ${n === 1 ? 'voter' : 'voters'} ${here === 1 ? 'is' : 'are'} here`
}

const causeOf = (
  id: ReplicaId,
  { configuration, candidates }: PolicyView,
  graceMs: number,
  next: readonly Candidate[],
): string | undefined => {
  const voter = candidates.find((one) => one.id === id)
  if (voter === undefined || voter.silentMs === Number.POSITIVE_INFINITY) return 'has gone'
  if (voter.leaving) return 'is leaving'
  if (voter.silentMs > graceMs) return `has been away for ${Math.round(voter.silentMs / 1000)} s`
  if (!canExecute(voter, configuration)) return 'has code of another version'
  const neighbour = next.find(({ place }) => place === voter.place)
  if (neighbour !== undefined && configuration.voters.includes(neighbour.id)) {
    return `shares a place with ${name(neighbour.id)}`
  }
  const replaced = next.some((one) => one.durable && !configuration.voters.includes(one.id))
  return !voter.durable && replaced ? 'keeps its state in memory only' : undefined
}

const outcome = (added: readonly ReplicaId[], size: number): string => {
  if (added.length > 0) return `${subject(added, 'takes', 'take')} over`
  if (size === 0) return 'nobody is here to take over'
  return size === 1 ? '1 voter goes on' : `${size} voters go on`
}

const subject = (ids: readonly ReplicaId[], one: string, several: string): string =>
  `${names(ids, 'and')} ${ids.length === 1 ? one : several}`

const name = (id: ReplicaId): string => id.slice(0, 4)

const names = (ids: readonly ReplicaId[], last: 'and' | 'or'): string => {
  const short = ids.map(name)
  const end = short.pop() ?? ''
  return short.length === 0 ? end : `${short.join(', ')} ${last} ${end}`
}

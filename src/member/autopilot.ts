import { type Configuration, quorumsOf } from '../core/index.js'
import { canExecute, hasReadyQuorum, isReady, stateVersionFor, votersHere } from './autopilot-presence.js'
import { allIsWell, change, fixed, noQuorum, raised, tooFewReady } from './autopilot-reason.js'
import type { Candidate, Decision, Policy, PolicyView } from './policy.js'

export interface AutopilotOptions {
  /** Silent for longer, a voter is replaced. In milliseconds; 30 000 unless given: a page that is reloaded is back by then. */
  readonly graceMs?: number
  /** 5 unless given. */
  readonly mostVoters?: 1 | 3 | 5
  /** Whether members may become voters whose state is lost with their process; not unless given. */
  readonly memoryVoters?: boolean
}

/** A room grows to five voters only from so many places on: then two can go, and there still is somebody to replace them. */
const PLACES_FOR_FIVE = 7

/**
 * Keeps a small core of voters alive (protocol §9): one, three or five, each in another place. Whoever leaves or is away
 * for too long is replaced, or the core shrinks; a voter that is well stays, unless its state is in memory only or it
 * shares its place, and somebody better is here.
 */
export const autopilot = ({
  graceMs = 30_000,
  mostVoters = 5,
  memoryVoters = false,
}: AutopilotOptions = {}): Policy => {
  return (view) => {
    const { configuration, candidates } = view
    if (!quorumIsHere(view)) return asItIs(configuration, noQuorum(view))

    const votes = voterTest(configuration)
    const staying = candidates.filter(
      (one) => votes(one) && !one.leaving && one.silentMs <= graceMs && canExecute(one, configuration),
    )
    const ready = candidates.filter((one) => !votes(one) && !one.leaving && isReady(one, configuration))
    const spare = ready.filter(({ durable }) => durable || memoryVoters)
    // Better a room in memory than none.
    const inMemory = staying.length + spare.length === 0 ? best(ready, configuration).slice(0, 1) : []
    // Where all voters want to go, one of them has to be the last; else none of them ever could.
    const alone = configuration.voters.length === 1
    const last = staying.length + ready.length === 0 && !alone ? candidates.filter(({ self }) => self) : []
    const pool = best([...staying, ...spare, ...inMemory, ...last], configuration)

    const size = sizeFor(configuration.voters.length, staying.length, placesOf(pool), mostVoters)
    const next = choose(pool, size, staying)
    const voters = next.map(({ id }) => id).sort()
    if (next.length === configuration.voters.length && next.every(votes)) {
      return withVersion(view, undefined, allIsWell(view, spare.length))
    }
    const reason = change(view, graceMs, next)
    if (next.length === 0) return asItIs(configuration, reason)
    if (!hasReadyQuorum(view, voters)) return asItIs(configuration, tooFewReady(reason))
    return withVersion(view, voters, reason)
  }
}

/** For servers that are the voters, always. Raises the version of the state once all of them can execute it. */
export const fixedVoters: Policy = /* @__PURE__ */ Object.assign(
  (view: PolicyView) =>
    quorumIsHere(view) ? withVersion(view, undefined, fixed(view)) : asItIs(view.configuration, noQuorum(view)),
  { fixed: true },
)

/**
 * A seal that waits for voters to come back would act on what was true long before: so there is none unless the present
 * voters can agree on it at once.
 */
const quorumIsHere = (view: PolicyView): boolean =>
  votersHere(view).length >= quorumsOf(view.configuration.voters.length).slow

/** What stays has first call on a place among equals: nobody is replaced merely because somebody is older. */
const best = (candidates: readonly Candidate[], configuration: Configuration): readonly Candidate[] => {
  const votes = voterTest(configuration)
  return candidates.toSorted(
    (a, b) =>
      Number(b.durable) - Number(a.durable) ||
      Number(votes(b)) - Number(votes(a)) ||
      Number(isReady(b, configuration)) - Number(isReady(a, configuration)) ||
      b.ageMs - a.ageMs ||
      (a.id < b.id ? -1 : 1),
  )
}

/** How many of `n` voters there should be, when `staying` of them stay, and so many places have somebody to vote. */
const sizeFor = (n: number, staying: number, places: number, most: number): number => {
  // Up by two at a time: of five voters, three have the state already.
  const fits = (size: number, placesToGrow: number): boolean =>
    size <= Math.min(most, n + 2) && (places >= (size <= n ? size : placesToGrow) || (size === n && staying === n))
  if (fits(5, PLACES_FOR_FIVE)) return 5
  return fits(3, 3) ? 3 : 1
}

/**
 * From the best on, one of each place. As long as enough voters stay, these alone are a slow quorum of the new ones:
 * newcomers that close right after the seal, before they have the state, then stop nothing [H29]. What remains to be
 * improved waits for the next decision.
 */
const choose = (pool: readonly Candidate[], size: number, staying: readonly Candidate[]): readonly Candidate[] => {
  const mostNew = Math.max(quorumsOf(size).f, size - staying.length)
  const next: Candidate[] = []
  let added = 0
  for (const one of pool) {
    if (next.length === size) break
    const isNew = !staying.includes(one)
    if ((isNew && added === mostNew) || next.some(({ place }) => place === one.place)) continue
    next.push(one)
    if (isNew) added++
  }
  const others = pool.filter((one) => staying.includes(one) && !next.includes(one))
  return [...next, ...others.slice(0, size - next.length)]
}

const asItIs = ({ stateVersion }: Configuration, reason: string): Decision => ({
  voters: undefined,
  stateVersion,
  reason,
})

/** A new version goes with a change of voters that is due anyway, or by itself. */
const withVersion = (view: PolicyView, voters: Decision['voters'], reason: string): Decision => {
  const { configuration } = view
  const next = voters ?? configuration.voters
  const stateVersion = stateVersionFor(view, next)
  if (stateVersion === configuration.stateVersion || !hasReadyQuorum(view, next)) {
    return { voters, stateVersion: configuration.stateVersion, reason }
  }
  return { voters, stateVersion, reason: `${reason}; ${raised(stateVersion)}` }
}

const voterTest =
  ({ voters }: Configuration) =>
  ({ id }: Candidate): boolean =>
    voters.includes(id)

const placesOf = (candidates: readonly Candidate[]): number => new Set(candidates.map(({ place }) => place)).size

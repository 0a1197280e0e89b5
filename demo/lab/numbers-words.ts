import type { Figures, Spread } from 'epaxos/sim'
import { inMs, replicaName } from '../run/words.js'
import { counted } from '../text.js'

/** Less than this is no difference that anybody has. */
const SAME_MS = 0.5
/** Who is so near to the leader is beside it. */
const BESIDE_MS = 5

/** `92 %`, or nothing while there is nothing to count. */
export const fastShare = ({ committed, fast }: Figures): string =>
  committed === 0 ? '' : `${Math.floor((100 * fast) / committed)} %`

export const rateInWords = ({ proposed, committed, fast }: Figures): string => {
  if (proposed === 0) return 'Nothing was proposed yet.'
  const waiting = proposed - committed
  const open = waiting === 0 ? '' : ` ${waiting} ${waiting === 1 ? 'is' : 'are'} under way.`
  if (committed === 0) return `Nothing is committed yet.${open}`
  const all = counted(committed, 'command')
  if (fast === committed) return `fast: one round trip was enough for ${committed === 1 ? 'the' : 'all'} ${all}.${open}`
  const slow = committed - fast
  return `fast: one round trip was enough for ${fast} of ${all}; ${slow} took longer, for voters knew of different ones before, or did not answer.${open}`
}

export interface Compared {
  /** By replica, until the same. */
  readonly here: readonly (Spread | undefined)[]
  readonly led: readonly (Spread | undefined)[]
  readonly leader: number
  /** From each to the leader and back, in milliseconds. */
  readonly toLeaderMs: readonly number[]
}

interface Difference {
  readonly replica: number
  /** How much later it is with a leader. */
  readonly byMs: number
}

/** Where a leader would be better, and where worse: for half of the commands, and for the slowest. */
export const comparisonInWords = (compared: Compared): string => {
  const { leader } = compared
  const halves = differencesOf(compared, 'p50Ms')
  if (halves.length === 0) return 'Propose something, and the two can be compared.'
  const sooner = halves.filter(isSooner)
  const later = halves.filter(isLater)
  const same = halves.filter((each) => !isSooner(each) && !isLater(each))
  const begin = `With ${replicaName(leader)} as a leader, half of the commands are done`
  const by = (each: Difference): string =>
    `${replicaName(each.replica)}${placeOf(each.replica, compared)} by ${inMs(Math.abs(each.byMs))}`
  const alone = ({ replica }: Difference): string => replicaName(replica)
  const slowest = differencesOf(compared, 'p99Ms')
  return [
    listed(`${begin} sooner at`, sooner.map(by)),
    listed(sooner.length > 0 ? 'Later at' : `${begin} later at`, later.map(by)),
    listed(halves.length === same.length ? `${begin} as soon at` : 'No difference at', same.map(alone)),
    listed('Of a hundred the slowest is done sooner with it at', slowest.filter(isSooner).map(alone)),
    listed('Of a hundred the slowest is done later with it at', slowest.filter(isLater).map(alone)),
  ]
    .flat()
    .join(' ')
}

const isSooner = ({ byMs }: Difference): boolean => byMs <= -SAME_MS
const isLater = ({ byMs }: Difference): boolean => byMs >= SAME_MS

const differencesOf = ({ here, led }: Compared, which: 'p50Ms' | 'p99Ms'): readonly Difference[] =>
  here.flatMap((ours, replica) => {
    const theirs = led[replica]
    return ours === undefined || theirs === undefined ? [] : [{ replica, byMs: theirs[which] - ours[which] }]
  })

const listed = (begin: string, at: readonly string[]): readonly string[] =>
  at.length === 0 ? [] : [`${begin} ${together.format(at)}.`]

const placeOf = (replica: number, { leader, toLeaderMs }: Compared): string => {
  if (replica === leader) return ', which leads,'
  return (toLeaderMs[replica] ?? Number.POSITIVE_INFINITY) < BESIDE_MS
    ? `, which sits beside ${replicaName(leader)},`
    : ''
}

const together = new Intl.ListFormat('en', { type: 'conjunction' })

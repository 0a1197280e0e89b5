import type { Deed } from 'epaxos/sim'

/** What a latency is measured to. */
export type Until = 'commit' | 'execution'

/** For each command when it was proposed, in seconds, ascending, and how many milliseconds it took here, or with a leader. */
export type Points = [number[], (number | null)[], (number | null)[]]

/** Who proposed; undefined: anybody. */
export interface Chosen {
  readonly until: Until
  readonly replica: number | undefined
  readonly atMs: number
}

export const pointsOf = (here: readonly Deed[], led: readonly Deed[], chosen: Chosen): Points => {
  const points: Points = [[], [], []]
  const ours = tookOf(here, chosen)
  const theirs = tookOf(led, chosen)
  let at = 0
  for (const [proposedMs, tookMs] of ours) {
    for (let next = theirs[at]; next !== undefined && next[0] < proposedMs; next = theirs[++at]) {
      push(points, next[0], null, next[1])
    }
    push(points, proposedMs, tookMs, null)
  }
  for (const [proposedMs, tookMs] of theirs.slice(at)) push(points, proposedMs, null, tookMs)
  return points
}

const push = ([xs, ours, theirs]: Points, proposedMs: number, our: number | null, their: number | null): void => {
  xs.push(proposedMs / 1000)
  ours.push(our)
  theirs.push(their)
}

const tookOf = (deeds: readonly Deed[], { until, replica, atMs }: Chosen): readonly (readonly [number, number])[] => {
  const took: (readonly [number, number])[] = []
  for (const deed of deeds) {
    const doneMs = until === 'commit' ? deed.committedMs : deed.executedMs
    if (doneMs === undefined || doneMs > atMs || (replica !== undefined && deed.replica !== replica)) continue
    took.push([deed.proposedMs, doneMs - deed.proposedMs])
  }
  return took
}

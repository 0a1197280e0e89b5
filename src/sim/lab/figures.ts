import type { Deed } from './contract.js'

/** How long it took, in milliseconds, from the proposal on, where it was proposed. */
export interface Spread {
  readonly count: number
  /** At most so long took half of them, and 99 of 100. */
  readonly p50Ms: number
  readonly p99Ms: number
}

/** Of the commands proposed at one replica; undefined while none is that far. */
export interface ReplicaFigures {
  readonly commit: Spread | undefined
  readonly execution: Spread | undefined
}

export interface Figures {
  /** Commands that were proposed, those that were refused not counted. */
  readonly proposed: number
  /** Of these, known to be committed where they were proposed; of these, in one round trip. */
  readonly committed: number
  readonly fast: number
  /** By number. */
  readonly replicas: readonly ReplicaFigures[]
}

/** @param deeds in the order in which they were proposed @param replicas how many there are @param atMs what is later does not count */
export const figuresOf = (deeds: readonly Deed[], replicas: number, atMs: number): Figures => {
  const commits: number[][] = Array.from({ length: replicas }, () => [])
  const executions: number[][] = Array.from({ length: replicas }, () => [])
  let proposed = 0
  let fast = 0
  for (const { replica, proposedMs, committedMs, executedMs, path, refused } of deeds) {
    if (proposedMs > atMs) break
    if (refused !== undefined) continue
    proposed++
    if (executedMs !== undefined && executedMs <= atMs) executions[replica]?.push(executedMs - proposedMs)
    if (committedMs === undefined || committedMs > atMs) continue
    commits[replica]?.push(committedMs - proposedMs)
    if (path === 'fast') fast++
  }
  return {
    proposed,
    committed: commits.reduce((sum, { length }) => sum + length, 0),
    fast,
    replicas: commits.map((each, replica) => ({
      commit: spreadOf(each),
      execution: spreadOf(executions[replica] ?? []),
    })),
  }
}

const spreadOf = (tookMs: readonly number[]): Spread | undefined => {
  const sorted = Float64Array.from(tookMs).sort()
  /** The least that so large a share of them is within. */
  const within = (share: number): number | undefined => sorted[Math.ceil(share * sorted.length) - 1]
  const [p50Ms, p99Ms] = [within(0.5), within(0.99)]
  return p50Ms === undefined || p99Ms === undefined ? undefined : { count: sorted.length, p50Ms, p99Ms }
}

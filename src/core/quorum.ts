/** How many voters must agree, in a group of `n` (protocol §2). Every count includes the coordinator. */
export interface Quorums {
  readonly n: number
  /** Voters that may be lost with the group still going on. */
  readonly f: number
  /** Voters that may be lost, or disagree, with the fast path still open. */
  readonly e: number
  /** n − f: the slow path and recovery. */
  readonly slow: number
  /** n − e: the fast path. */
  readonly fast: number
}

/** The most voters a group can have; everyone else is an observer. */
export const MAX_VOTERS = 9

/** The quorums of a group of `n` voters, 1 … 9. */
export const quorumsOf = (n: number): Quorums => {
  const f = Math.floor((n - 1) / 2)
  const e = Math.min(f, Math.floor((n - f + 1) / 2))
  return { n, f, e, slow: n - f, fast: n - e }
}

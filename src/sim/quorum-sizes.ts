/**
 * The table of protocol §2, for 1 … 9 voters, both counting the coordinator. Not taken from core: what judges it must
 * not believe it.
 */
const SLOW = [1, 2, 2, 3, 3, 4, 4, 5, 5] as const
const FAST = [1, 2, 2, 3, 3, 4, 5, 5, 6] as const

export const slowQuorum = (n: number): number => SLOW[n - 1] ?? Number.NaN
export const fastQuorum = (n: number): number => FAST[n - 1] ?? Number.NaN

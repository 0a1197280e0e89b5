/**
 * A ballot is a pair (round, slot), ordered by round, then slot. It is kept as one number,
 * round × 16 + slot, so that comparing two of them is comparing numbers and nothing is allocated.
 * Ballot 0 is round 0, which belongs to the initial coordinator whatever its slot is.
 */
export type Ballot = number

/** An attempt a second reaches it after a century: whatever is above was made up. */
const MAX_ROUND = 2 ** 32

/** Slots are below 16: a group has at most nine voters. */
const SLOTS = 16

export const ballotOf = (round: number, slot: number): Ballot => round * SLOTS + slot
export const roundOf = (ballot: Ballot): number => Math.floor(ballot / SLOTS)
export const slotOf = (ballot: Ballot): number => ballot % SLOTS

/** The lowest ballot of `slot` above `ballot`; always in a round of 1 or more. */
export const ballotAbove = (ballot: Ballot, slot: number): Ballot => ballotOf(roundOf(ballot) + 1, slot)

/** The highest ballot there is. */
export const MAX_BALLOT: Ballot = ballotOf(MAX_ROUND, SLOTS - 1)

import { quorumsOf } from '../../core/index.js'

/** What a command costs where nothing fails, nothing interferes and nothing is late, in milliseconds. */

/** From one replica to another and back, in milliseconds; 0 to itself. */
export type RoundTrip = (from: number, to: number) => number

/** How far apart replicas are, and what a write costs. */
export interface Distances {
  readonly voters: number
  readonly roundTrip: RoundTrip
  /** What it takes to make a write durable. */
  readonly writeMs: number
}

/** To the farthest of the nearest so many, itself included, and back. */
const quorumMs = (of: number, size: number, { voters, roundTrip }: Distances): number => {
  const trips = Array.from({ length: voters }, (_, to) => (to === of ? 0 : roundTrip(of, to)))
  return trips.sort((a, b) => a - b)[size - 1] ?? Number.POSITIVE_INFINITY
}

/**
 * Without a leader, until a command is committed, and executed where it was proposed: the way to the nearest fast quorum
 * and back. The core writes a proposal before it leaves, an answer likewise, and an own commit before it counts.
 */
export const fastPathMs = (replica: number, around: Distances): number =>
  quorumMs(replica, quorumsOf(around.voters).fast, around) + (around.voters === 1 ? 2 : 3) * around.writeMs

/** With one: the way to it and back, and meanwhile its own to the nearest majority and back, and what all write at once. */
export const throughLeaderMs = (replica: number, leader: number, around: Distances): number =>
  (replica === leader ? 0 : around.roundTrip(replica, leader)) +
  quorumMs(leader, quorumsOf(around.voters).slow, around) +
  around.writeMs

/** Where a leader serves all best: the least mean over them; of equals the lowest. */
export const bestLeader = (around: Distances): number => {
  const replicas = [...Array(around.voters).keys()]
  const costs = replicas.map((leader) =>
    replicas.reduce((sum, replica) => sum + throughLeaderMs(replica, leader, around), 0),
  )
  return costs.indexOf(Math.min(...costs))
}

import type { Ballot } from './ballot.js'
import type { Value } from './command.js'

/** A member's name: 32 lower-case hex digits, random, never used for a second replica. */
export type ReplicaId = string

/** A group's name: 32 lower-case hex digits, random, minted once. */
export type GroupId = string

/** A cell of the instance space: `slot` is the row (0 … n−1), `number` counts 1, 2, 3 … without gaps. */
export interface InstanceId {
  readonly slot: number
  readonly number: number
}

/** One number per row: everything of row r up to and including `deps[r]`. 0 covers nothing. Never mutated. */
export type Deps = readonly number[]

/** Instances that were executed: of row r all up to `frontier[r]`, and those in `beyond[r]`, ascending, above it. */
export interface ExecutedSet {
  readonly frontier: Deps
  readonly beyond: readonly (readonly number[])[]
}

/** What a voter must remember of its floors (protocol §8). The newest one replaces the earlier ones. */
export interface FloorRecord {
  readonly epoch: number
  /** S: every voter has durably executed everything up to here; part of all dependencies proposed since. */
  readonly stable: Deps
  /** The last own number when that was adopted. With `stable` it is this voter's mark (F, L). */
  readonly last: number
  /** T: everything up to here is dropped: there are no records of it. */
  readonly drop: Deps
}

export type Phase = 'none' | 'pre-accepted' | 'accepted' | 'committed'

/**
 * What a replica must remember of an instance (protocol §3). The newest record of an instance replaces
 * the earlier ones; the records of one `Ready` become durable together or not at all.
 */
export interface InstanceRecord {
  readonly epoch: number
  readonly instance: InstanceId
  readonly phase: Phase
  /** The command or no-op held now; absent while none is known. */
  readonly value: Value | undefined
  /** Its dependencies; absent while none are known. */
  readonly deps: Deps | undefined
  /** What the initial coordinator proposed, if known (by PreAccept or Validate). */
  readonly initValue: Value | undefined
  readonly initDeps: Deps | undefined
  /** The highest ballot promised. */
  readonly ballot: Ballot
  /** The ballot of the accepted value; never above `ballot` [H3]. */
  readonly votedBallot: Ballot
}

import type { Value } from './command.js'
import type { CommitPath } from './instance.js'
import type { Deps, InstanceId, Phase, ReplicaId } from './record.js'

/** How a replica is doing. A snapshot: it does not change afterwards. */
export interface Status {
  readonly id: ReplicaId
  readonly epoch: number
  readonly voters: readonly ReplicaId[]
  /** The own slot. */
  readonly slot: number
  /** Voters not heard of for longer than `suspectMs`. */
  readonly suspected: readonly ReplicaId[]
  /** Which path could commit now, going by who is not suspected. */
  readonly quorum: 'fast' | 'slow' | 'none'
  /** Per row, the number up to which every commit is known here. */
  readonly committed: Deps
  /** Per row, the number up to which everything has been put into the order of execution here. */
  readonly executed: Deps
  /** Own commands not executed yet; of these, those that wait for an own one before them. */
  readonly pending: number
  readonly waiting: number
  /** Commits that the largest known dependency names and that are not known here, over all rows. */
  readonly behind: number
  /** Set once the replica has stopped for good. */
  readonly stopped: string | undefined
}

/** One instance, for drawing. */
export interface TraceCell {
  readonly instance: InstanceId
  readonly phase: Phase
  readonly value: Value | undefined
  readonly deps: Deps | undefined
  readonly initDeps: Deps | undefined
  readonly ballot: number
  readonly path: CommitPath | undefined
  /** Handed out to be applied, or in the checkpoint that this life began with. */
  readonly executed: boolean
  /** Position in this replica's order of execution, from 1; 0: not executed, or in a checkpoint, which keeps no order. */
  readonly position: number
}

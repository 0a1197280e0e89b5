import type { Value } from './command.js'
import type { Configuration } from './configuration.js'
import type { Epoch } from './epoch.js'
import type { CommitPath, Instance } from './instance.js'
import type { Deps, InstanceId, Phase, ReplicaId } from './record.js'

/** How a replica is doing. A snapshot: it does not change afterwards. */
export interface Status {
  readonly id: ReplicaId
  readonly configuration: Configuration
  /** The own slot; undefined for an observer. */
  readonly slot: number | undefined
  /** Votes and proposes: it is a voter, and durably has the state at the start of this epoch. */
  readonly voting: boolean
  /** The next epoch, once the seal was executed and until `enter`. */
  readonly sealed: Configuration | undefined
  /** What a peer has told of a later epoch, or of instances that it has dropped: only a snapshot of its helps. */
  readonly lost: { readonly from: ReplicaId; readonly configuration: Configuration } | undefined
  /** Voters that durably have the state at the start of this epoch, as far as known here. */
  readonly reported: readonly ReplicaId[]
  /** Voters not heard of for longer than `suspectMs`. */
  readonly suspected: readonly ReplicaId[]
  /** Which path could commit now, going by who is not suspected. */
  readonly quorum: 'fast' | 'slow' | 'none'
  /** Per row, the number up to which every commit is known here. */
  readonly committed: Deps
  /** Per row, the number up to which everything has been put into the order of execution here. */
  readonly executed: Deps
  /** Per row, the floor S in use, and the floor T up to where everything is dropped (protocol §8). */
  readonly stable: Deps
  readonly dropped: Deps
  /** Instances held in memory. */
  readonly held: number
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
  /** Ordered after the seal that has ended its epoch: never executed. */
  readonly void: boolean
  readonly deps: Deps | undefined
  readonly initDeps: Deps | undefined
  readonly ballot: number
  readonly path: CommitPath | undefined
  /** Handed out to be applied, or in the checkpoint that this life began with. */
  readonly executed: boolean
  /** Position in this replica's order of execution, from 1; 0: not executed, or in a checkpoint, which keeps no order. */
  readonly position: number
}

/** @param executed per row, up to where everything was ordered */
export const statusOf = (
  epoch: Epoch,
  executed: Deps,
  proposals: Pick<Status, 'pending' | 'waiting'>,
  stopped: string | undefined,
): Status => {
  const { configuration, voters, quorums, rows, floors, me } = epoch
  const suspected = voters.filter((_, slot) => epoch.suspects(slot))
  const alive = quorums.n - suspected.length
  return {
    id: epoch.id,
    configuration,
    slot: me < 0 ? undefined : me,
    voting: epoch.voting && epoch.sealed === undefined,
    sealed: epoch.sealed,
    lost: epoch.lost,
    reported: [...epoch.reported].map((slot) => epoch.voter(slot)),
    suspected,
    quorum: alive >= quorums.fast ? 'fast' : alive >= quorums.slow ? 'slow' : 'none',
    committed: [...rows.committed],
    executed: [...executed],
    stable: floors.stable,
    dropped: [...rows.dropped],
    held: rows.size,
    ...proposals,
    behind: rows.committed.reduce((sum, number, slot) => sum + Math.max(0, rows.horizon(slot) - number), 0),
    stopped,
  }
}

/** The newest `length` instances of each row, oldest first. Those never heard of, and those forgotten, are left out. */
export const traceOf = ({ rows, voters }: Epoch, length: number): TraceCell[][] =>
  voters.map((_, slot) => {
    const last = rows.horizon(slot)
    return Array.from(rows.between(slot, Math.max(1, last - length + 1), last), cellOf)
  })

const cellOf = (instance: Instance): TraceCell => {
  const { id, phase, value, deps, initDeps, ballot, path, position } = instance
  const executed = instance.executed || position > 0
  return { instance: id, phase, value, void: instance.void, deps, initDeps, ballot, path, executed, position }
}

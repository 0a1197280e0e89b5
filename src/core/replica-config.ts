import type { Configuration } from './configuration.js'
import type { ExecutedSet, FloorRecord, GroupId, InstanceRecord, ReplicaId } from './record.js'
import type { Tuning } from './tuning.js'

/** What a `Replica` is made of. */
export interface ReplicaConfig {
  readonly id: ReplicaId
  readonly group: GroupId
  /** The epoch it is in. Whoever is not one of its voters is an observer. A voter durably has the state at its start. */
  readonly configuration: Configuration
  /** What an earlier life of a voter has written in this epoch, in that order: of two records of an instance the later holds. */
  readonly restored?: Iterable<InstanceRecord>
  /** The newest floor that it has written. */
  readonly floor?: FloorRecord
  /** What the state machine contains already: it is not executed again. A voter has records of it, or has dropped it. */
  readonly executed?: ExecutedSet
  /** Uniform in [0, 1). The only source of chance. */
  readonly random: () => number
  readonly tuning?: Partial<Tuning>
}

import type { RecoveryRule } from '../core/index.js'
import type { Mishap } from './mischief.js'
import type { Fate } from './network.js'
import type { Errand } from './resident.js'
import type { Theme } from './themes.js'

/** What a run without a violation did. */
export interface Report {
  readonly seed: number
  readonly n: number
  /** Undefined where faults and workload were given. */
  readonly theme: Theme | undefined
  /** Calls of clients: made, answered, given up without an answer, and refused since their session had expired. */
  readonly calls: number
  readonly answered: number
  readonly unanswered: number
  readonly expired: number
  /** Commands executed, counted at every host and in every life. */
  readonly executed: number
  /** Sweeps that took effect, and checkpoints that hosts began to write. */
  readonly sweeps: number
  readonly checkpoints: number
  /** Batches that have replaced all that a disk held. */
  readonly compactions: number
  /** What became of drafts in the queues of nodes. */
  readonly errands: Readonly<Record<Errand, number>>
  /** Messages sent, by kind, and what befell them. */
  readonly messages: Readonly<Record<string, number>>
  readonly fates: Readonly<Record<Fate, number>>
  /** What befell hosts. */
  readonly mishaps: Readonly<Record<Mishap | 'stranger refused', number>>
  /** Batches that were being written when their host crashed. */
  readonly lostWrites: number
  /** Commits by how they were first reached, and those of them that are no-ops. */
  readonly paths: Readonly<Record<string, number>>
  readonly noops: number
  /** Recoveries, by the case of protocol §5 that decided a step of them. */
  readonly recoveries: Readonly<Partial<Record<RecoveryRule, number>>>
  /** Of commits on the fast path, by the slot of the coordinator: least and most virtual milliseconds since the proposal. */
  readonly fastMs: readonly (readonly [least: number, most: number] | undefined)[]
  /** The most virtual milliseconds, after the faults, until a quorum, and then everybody, had executed everything. */
  readonly lagMs: number
  /** The search for a linearization was given up. */
  readonly undecided: boolean
  /** Hash of all that happened: equal runs have equal ones. */
  readonly trace: string
}

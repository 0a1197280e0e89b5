import type { Mishap } from '../mischief.js'
import type { Fate } from '../network.js'
import type { Errand } from '../resident.js'
import type { Plan } from './draw.js'
import type { Fortune } from './population.js'

/** What became of a group over its epochs. */
export interface Life {
  /** Epochs that were begun after the first; voters that had a seat in one, and none in the next. */
  readonly epochs: number
  readonly removals: number
  readonly 'version raises': number
  readonly 'snapshots installed': number
  readonly 'snapshots resumed': number
  /** Commands that were committed after the seal of their epoch; and of these those that were executed in a later one. */
  readonly voids: number
  readonly 'proposed again': number
  /** Batches that have replaced all that a disk held. */
  readonly compactions: number
  readonly checkpoints: number
}

/** What a run of the churn profile without a violation did. */
export interface ChurnReport {
  readonly seed: number
  readonly policy: Plan['policy']
  readonly calls: number
  readonly answered: number
  readonly unanswered: number
  readonly expired: number
  readonly executed: number
  readonly life: Readonly<Life & Record<Fortune, number>>
  /** What became of drafts in the queues of members. */
  readonly errands: Readonly<Record<Errand, number>>
  readonly mishaps: Readonly<Record<Mishap, number>>
  readonly messages: Readonly<Record<string, number>>
  readonly fates: Readonly<Record<Fate, number>>
  /** The most virtual milliseconds, after the faults, until all were in one epoch and had executed everything. */
  readonly lagMs: number
  readonly undecided: boolean
  readonly trace: string
}

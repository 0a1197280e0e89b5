import type { Ballot } from './ballot.js'
import type { Value } from './command.js'
import type { Deps, InstanceId, InstanceRecord, Phase } from './record.js'
import type { Round } from './round.js'

/** One cell of the instance space as this replica knows it (protocol §3), and what it is doing about it. Lean: there are many. */
export class Instance {
  // What is durable, as in InstanceRecord.
  phase: Phase = 'none'
  value: Value | undefined
  deps: Deps | undefined
  initValue: Value | undefined
  initDeps: Deps | undefined
  ballot: Ballot = 0
  votedBallot: Ballot = 0

  /** The ready whose write holds the newest of the above. */
  writtenIn = 0
  /** Committed, and everybody may be told: an own instance's decision must be durable first [H7]. */
  learned = false
  /** Position in this replica's order of execution, from 1; 0: none yet. */
  position = 0
  /** Ordered after the seal: never executed. */
  void = false
  /** The state machine has applied it. */
  executed = false
  /** How the commit was reached, as far as this replica knows. */
  path: CommitPath | undefined

  /** An own proposal, of this life or of one before, that is on its way still. */
  proposal: 'own' | 'inherited' | undefined
  /** What this replica is leading for it, as coordinator or recoverer. */
  round: Round | undefined
  /** What few have: what came of its not being committed as usual. */
  #trouble: Trouble | undefined

  constructor(readonly id: InstanceId) {}

  /** For reading. */
  get trouble(): Readonly<Trouble> {
    return this.#trouble ?? NO_TROUBLE
  }

  /** For writing. */
  get troubled(): Trouble {
    this.#trouble ??= { ...NO_TROUBLE }
    return this.#trouble
  }

  /** Something is known of it, or promised. */
  get touched(): boolean {
    return this.phase !== 'none' || this.ballot > 0
  }

  get committed(): boolean {
    return this.phase === 'committed'
  }

  record(epoch: number): InstanceRecord {
    const { id, phase, value, deps, initValue, initDeps, ballot, votedBallot } = this
    return { epoch, instance: id, phase, value, deps, initValue, initDeps, ballot, votedBallot }
  }

  restore(record: InstanceRecord): void {
    this.phase = record.phase
    this.value = record.value
    this.deps = record.deps
    this.initValue = record.initValue
    this.initDeps = record.initDeps
    this.ballot = record.ballot
    this.votedBallot = record.votedBallot
  }
}

/** What an instance has met with whose commit was not reached as usual. */
export interface Trouble {
  /** The highest ballot a Nack told of. */
  refusedBelow: Ballot
  /** Attempts at recovery that ended without a commit. */
  attempts: number
  /** What is due next for it, when its commit stays missing. */
  pursuit: Pursuit | undefined
  /** The largest Waiting heard for it [H28]. */
  unchangedWaiting: number
  /** Instances whose recovery waits for this one. */
  awaitedBy: Set<Instance> | undefined
}

const NO_TROUBLE: Readonly<Trouble> = Object.freeze({
  refusedBelow: 0,
  attempts: 0,
  pursuit: undefined,
  unchangedWaiting: 0,
  awaitedBy: undefined,
})

/** How a missing commit is seen to: it is asked for first, then recovered. */
export interface Pursuit {
  readonly step: 'fetch' | 'recover'
  /** Milliseconds: it comes then, or from `fromMs` on together with a neighbour. */
  readonly dueMs: number
  readonly fromMs: number
  /** The ballot when that was decided: another one since then means that somebody else is recovering it. */
  readonly ballot: Ballot
}

/** By its own coordinator on either path, by a recoverer's Accept, or told by a peer. */
export type CommitPath = 'fast' | 'slow' | 'recovered' | 'told'

import type { Ballot } from './ballot.js'
import type { Proposed, Value } from './command.js'
import type { Instance } from './instance.js'
import type { Conflict, RecoverOk } from './message.js'
import type { Deps } from './record.js'

/**
 * What a replica leads for one instance. Rounds are volatile: after a restart none is left, so that an
 * initial coordinator never acts at ballot 0 for an instance of its earlier life [H21]. Answers are kept
 * by slot, never counted, so that a repeated one changes nothing [H6].
 */
export type Round = PreAccepting | Accepting | Recovering | Validating | WaitingRound

interface Leading {
  readonly ballot: Ballot
  /** How often it was repeated. */
  repeats: number
}

/** §4, the initial coordinator's first round, at ballot 0. */
export interface PreAccepting extends Leading {
  readonly kind: 'pre-accepting'
  readonly votes: Map<number, Deps>
  /** The slots asked: fewer than all where this replica is thrifty, until an answer is late [K11]. */
  asked: ReadonlySet<number>
  /** The slow-path timer has fired [K7]. */
  late: boolean
}

/** §4 and §5: a value is proposed to the acceptors. */
export interface Accepting extends Leading {
  readonly kind: 'accepting'
  readonly value: Value
  readonly deps: Deps
  readonly votes: Set<number>
  /** As in the first round. */
  asked: ReadonlySet<number>
  /** Voters that hold the command, so that a Commit to them can omit it. */
  readonly holders: Set<number>
}

/** §5, step 1 … 3. */
export interface Recovering extends Leading {
  readonly kind: 'recovering'
  readonly answers: Map<number, RecoverOk>
}

/** §5, step 3 … 5: whether (value, deps) may have been committed fast is being asked. */
export interface Validating extends Leading {
  readonly kind: 'validating'
  readonly value: Proposed
  readonly deps: Deps
  /** Q, the slots whose answers were used. */
  readonly quorum: ReadonlySet<number>
  /** |R|: answers of Q that had pre-accepted it unchanged. */
  readonly unchanged: number
  readonly answers: Map<number, readonly Conflict[]>
}

/** §5, step 5: the answer depends on other instances, which are recovered first. */
export interface WaitingRound extends Leading {
  readonly kind: 'waiting'
  readonly value: Proposed
  readonly deps: Deps
  readonly quorum: ReadonlySet<number>
  readonly unchanged: number
  /** I: the instances it waits for. */
  readonly conflicts: readonly Instance[]
}

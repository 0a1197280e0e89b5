import type { Ballot } from './ballot.js'
import type { Proposed, Value } from './command.js'
import type { Instance } from './instance.js'
import type { Conflict, RecoverOk } from './message.js'
import type { Deps } from './record.js'
import type { Slots } from './slots.js'

/**
 * What a replica leads for one instance. Rounds are volatile: after a restart none is left, so that an
 * initial coordinator never acts at ballot 0 for an instance of its earlier life [H21]. Answers are kept
 * by slot, never only counted, so that a repeated one changes nothing [H6].
 */
export type Round = PreAccepting | Accepting | Recovering | Validating | WaitingRound

/** When something is due next for a round. */
export const nextDeadline = (round: Round): number => {
  if (round.kind === 'pre-accepting' && !round.late) return Math.min(round.repeatMs, round.lateMs)
  if (round.kind === 'validating' || round.kind === 'waiting') return Math.min(round.repeatMs, round.restartMs)
  return round.repeatMs
}

interface Leading {
  readonly ballot: Ballot
  /** How often it was repeated, and when it will be next. */
  repeats: number
  repeatMs: number
}

/** §4, the initial coordinator's first round, at ballot 0. */
export interface PreAccepting extends Leading {
  readonly kind: 'pre-accepting'
  /** Who has voted, and who of them for exactly what was proposed. */
  voted: Slots
  unchanged: Slots
  /** All votes together, with what was proposed. */
  union: Deps
  /** The slots asked: fewer than all where this replica is thrifty, until an answer is late [K11]. */
  asked: Slots
  /** When the slow-path timer fires; and that it has [K7]. */
  readonly lateMs: number
  late: boolean
}

/** §4 and §5: a value is proposed to the acceptors. */
export interface Accepting extends Leading {
  readonly kind: 'accepting'
  readonly value: Value
  readonly deps: Deps
  voted: Slots
  /** As in the first round. */
  asked: Slots
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
  readonly restartMs: number
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
  readonly restartMs: number
}

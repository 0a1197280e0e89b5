import type { Configuration, ReplicaId } from '../core/index.js'
import type { Standing } from './message.js'

/** A member, as the one that decides sees it. */
export interface Candidate extends Standing {
  readonly id: ReplicaId
  readonly self: boolean
  /** Milliseconds since it was heard last, or since one began to listen; 0 for oneself. Infinity for one that has said goodbye. */
  readonly silentMs: number
  /** It has said within the last seconds that it has executed nearly all that this one has. */
  readonly close: boolean
  /** It wants to go: it should not be a voter any more. */
  readonly leaving: boolean
}

/** What a policy decides by. */
export interface PolicyView {
  readonly configuration: Configuration
  /** All that are known: every voter, and every other member that was heard lately. Oneself among them. */
  readonly candidates: readonly Candidate[]
}

/** What should be, and why, in a clause for people: "R3 has been away for 40 s, and R7 takes its place". */
export interface Decision {
  /** Sorted; undefined: all is well as it is. */
  readonly voters: readonly ReplicaId[] | undefined
  /** Of the replicated state: the present one, or a later one that everybody can execute. */
  readonly stateVersion: number
  readonly reason: string
}

/** Who should vote: asked about once a second at a voter whose turn it is. A pure function. */
export interface Policy {
  (view: PolicyView): Decision
  /** It never has anybody else vote: there is nobody to hand over to. */
  readonly fixed?: boolean
}

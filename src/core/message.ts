import type { Ballot } from './ballot.js'
import type { Proposed, Value } from './command.js'
import type { Configuration } from './configuration.js'
import type { Deps, InstanceId, Phase, ReplicaId } from './record.js'

/** What every message about one instance carries. */
interface About {
  readonly epoch: number
  readonly instance: InstanceId
}

export interface PreAccept extends About {
  readonly kind: 'pre-accept'
  readonly value: Proposed
  /** The coordinator's initial dependencies. */
  readonly deps: Deps
}

export interface PreAcceptOk extends About {
  readonly kind: 'pre-accept-ok'
  readonly deps: Deps
}

export interface Accept extends About {
  readonly kind: 'accept'
  readonly ballot: Ballot
  readonly value: Value
  readonly deps: Deps
}

export interface AcceptOk extends About {
  readonly kind: 'accept-ok'
  readonly ballot: Ballot
}

/** "I have promised this higher ballot", in answer to PreAccept, Accept, Recover or Validate. */
export interface Nack extends About {
  readonly kind: 'nack'
  readonly ballot: Ballot
}

export interface Commit extends About {
  readonly kind: 'commit'
  /** Absent: the command that the receiver already holds; who does not hold it asks with Fetch [H8]. */
  readonly value: Value | undefined
  readonly deps: Deps
}

/** Asks for promises of the instances `from` … `to` of row `slot`, both included. Each is answered by itself. */
export interface Recover {
  readonly kind: 'recover'
  readonly epoch: number
  readonly slot: number
  readonly from: number
  readonly to: number
  readonly ballot: Ballot
}

export interface RecoverOk extends About {
  readonly kind: 'recover-ok'
  readonly ballot: Ballot
  readonly votedBallot: Ballot
  readonly phase: Phase
  /** Absent exactly when the phase is none. So are both dependency vectors, except that an accepted or committed instance may lack `initDeps`. */
  readonly value: Value | undefined
  readonly deps: Deps | undefined
  readonly initDeps: Deps | undefined
}

export interface Validate extends About {
  readonly kind: 'validate'
  readonly ballot: Ballot
  readonly value: Proposed
  readonly deps: Deps
}

/** An instance that the validated command may have to be ordered after, though it does not depend on it. */
export interface Conflict extends InstanceId {
  readonly committed: boolean
}

export interface ValidateOk extends About {
  readonly kind: 'validate-ok'
  readonly ballot: Ballot
  readonly conflicts: readonly Conflict[]
}

/** "My recovery of this instance waits, and so many voters had pre-accepted it unchanged" (protocol §5). */
export interface Waiting extends About {
  readonly kind: 'waiting'
  readonly unchanged: number
}

/** Asks for the commits of row `slot`, numbers `from` … `to`, both included. Answered with Commit. */
export interface Fetch {
  readonly kind: 'fetch'
  readonly epoch: number
  readonly slot: number
  readonly from: number
  readonly to: number
}

/** A voter's floor mark (F, L): `floor` is the S that it uses now, `last` its own last number when it adopted that (protocol §8). */
export interface Mark {
  readonly floor: Deps
  readonly last: number
}

/** Gossip of a voter: how far it has got. Also the sign of life, and that it durably has the state at the epoch's start. */
export interface Frontier {
  readonly kind: 'frontier'
  readonly epoch: number
  /** The sender's last own number. */
  readonly last: number
  /** Per row, the number up to which it knows every commit. */
  readonly committed: Deps
  /** Per row, the number up to which everything is executed and in a durable checkpoint. */
  readonly executed: Deps
  readonly mark: Mark
}

/** Gossip of an observer, to voters: how far it has got. Answered with Frontier. */
export interface Follow {
  readonly kind: 'follow'
  readonly epoch: number
  /** Whether the receiver is the voter that is to send every commit as it learns it, until that stays away for a while. */
  readonly feed: boolean
  /** Per row, the number up to which it has executed everything. */
  readonly executed: Deps
}

/** Of row `slot`, everything up to `upTo` was executed at every voter, and is dropped here [H20]. */
export interface Gone {
  readonly kind: 'gone'
  readonly epoch: number
  readonly slot: number
  readonly upTo: number
}

/** "That epoch is over" (protocol §9): the answer to what is said in it. */
export interface Sealed {
  readonly kind: 'sealed'
  /** The one that is over. */
  readonly epoch: number
  /** The sender's present one. */
  readonly next: Configuration
  /** Per row, up to where it still tells the commits of the epoch that is over; undefined: only a snapshot helps. */
  readonly committed: Deps | undefined
}

/** Everything replicas say to each other. Any of it may be lost, repeated and reordered. */
export type Message =
  | PreAccept
  | PreAcceptOk
  | Accept
  | AcceptOk
  | Nack
  | Commit
  | Recover
  | RecoverOk
  | Validate
  | ValidateOk
  | Waiting
  | Fetch
  | Frontier
  | Follow
  | Gone
  | Sealed

export interface Envelope {
  readonly to: ReplicaId
  readonly message: Message
}

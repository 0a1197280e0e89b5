import type { ReplicaId } from './record.js'

/**
 * What all errors of this library have in common. Each says what has happened, with which value, and what can be done; its
 * `name` is its class's name, also where code is minified.
 */
export abstract class EpaxosError extends Error {}

/** A replica that isn't in the epoch's voter list can't propose or vote. */
export class NotAVoter extends EpaxosError {
  override readonly name = 'NotAVoter'
  constructor(readonly replica: ReplicaId) {
    super(`replica ${replica} is not one of this epoch's voters: only voters propose`)
  }
}

/** The command can't be proposed as it is: no peer would accept it. Nothing was proposed. */
export class InvalidCommand extends EpaxosError {
  override readonly name = 'InvalidCommand'
  constructor(problem: string) {
    super(`this command can't be proposed: ${problem}`)
  }
}

/** The command is larger than the configured bound. Nothing was proposed. */
export class CommandTooLarge extends EpaxosError {
  override readonly name = 'CommandTooLarge'
  constructor(
    readonly bytes: number,
    readonly maxBytes: number,
  ) {
    super(`a command of ${bytes} bytes is over the limit of ${maxBytes}: split it, or configure maxCommandBytes`)
  }
}

/** Too many proposals wait for their execution. Nothing was proposed; try again when some were answered. */
export class Overloaded extends EpaxosError {
  override readonly name = 'Overloaded'
  constructor(readonly pending: number) {
    super(`${pending} proposals are waiting for their execution already: propose again when some were answered`)
  }
}

/** The replica has stopped voting and proposing for good; what it executed stays readable. */
export class ReplicaStopped extends EpaxosError {
  override readonly name = 'ReplicaStopped'
  constructor(readonly reason: string) {
    super(`this replica has stopped: ${reason}`)
  }
}

/**
 * The state is not one that this replica may go on from: it lacks what was executed here, or holds what a voter's own
 * records do not. A voter installs no snapshot inside its epoch [H18]: it fetches what it misses.
 */
export class ForeignState extends EpaxosError {
  override readonly name = 'ForeignState'
  constructor(readonly reason: string) {
    super(`this replica can't go on from that state: ${reason}`)
  }
}

/** The epoch can't be sealed so now: the next one might not come to life, or never be needed [H29]. Nothing was proposed. */
export class UnsafeSeal extends EpaxosError {
  override readonly name = 'UnsafeSeal'
  constructor(readonly reason: string) {
    super(`the epoch is not sealed: ${reason}`)
  }
}

/** A message that no correct peer sends. It was dropped; nothing changed. */
export class InvalidMessage extends EpaxosError {
  override readonly name = 'InvalidMessage'
  constructor(
    readonly from: ReplicaId,
    readonly reason: string,
  ) {
    super(`message from ${from} refused: ${reason}`)
  }
}

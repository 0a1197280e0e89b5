import { EpaxosError } from '../core/index.js'
import type { Answer } from '../member/index.js'

/** The proposal was not made: this replica is no member of the room any more. */
export class NotAMember extends EpaxosError {
  override readonly name = 'NotAMember'
  constructor(readonly reason: string) {
    super(`nothing can be proposed here: ${reason}`)
  }
}

/** This member joins, and was not given the state yet: there is nothing to take out of it. */
export class NoStateYet extends EpaxosError {
  override readonly name = 'NoStateYet'
  constructor() {
    super('this member has no state yet: wait for `room.ready` first')
  }
}

/** The proposal was made, and this replica can't tell any more what came of it: it may or may not be executed. */
export class OutcomeUnknown extends EpaxosError {
  override readonly name = 'OutcomeUnknown'
  constructor(readonly reason: string) {
    super(
      `this replica can't tell what came of the proposal (${reason}): read the state to see whether it was executed`,
    )
  }
}

/** The sessions that the proposal was made in, one after the other, had come to an end. It did not execute; propose again. */
export class SessionExpired extends EpaxosError {
  override readonly name = 'SessionExpired'
  constructor() {
    super(
      'this did not execute: twice its session was ended meanwhile, since it was cut off for too long; propose again',
    )
  }
}

/** The state machine threw when it executed the proposal, at every replica alike. */
export class ExecutionThrew extends EpaxosError {
  override readonly name = 'ExecutionThrew'
}

/** This voter can't be replaced: if it goes for good, the room may never go on. It is still a member. */
export class LastVoter extends EpaxosError {
  override readonly name = 'LastVoter'
  constructor(readonly reason: string) {
    super(`there is nobody to hand over to: ${reason}; wait, or leave with { force: true }`)
  }
}

/** What was stored under this id is gone, or not what it was: it may have promised what it no longer knows [H14]. */
export class IdentityLost extends EpaxosError {
  override readonly name = 'IdentityLost'
  constructor(
    readonly id: string,
    options?: ErrorOptions,
  ) {
    super(
      `replica ${id} has left, or its storage is damaged, or an older copy of what it was: it never comes back under this id`,
      options,
    )
  }
}

/** What the platform must give is missing. */
export class Unsupported extends EpaxosError {
  override readonly name = 'Unsupported'
}

/** What an answer that is no result rejects with. */
export const errorOf = (answer: Exclude<Answer, { kind: 'done' }>): Error => {
  switch (answer.kind) {
    case 'threw':
      return new ExecutionThrew(answer.message)
    case 'unknown':
      return new OutcomeUnknown(answer.reason)
    case 'expired':
      return new SessionExpired()
    // A client answers neither: it sends it again, or knows more.
    case 'acknowledged':
    case 'early':
      return new OutcomeUnknown(`it was answered '${answer.kind}'`)
  }
}

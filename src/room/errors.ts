/** The proposal was not made: this replica isn't, or can't become, a member of the room. */
export class NotAMember extends Error {
  override readonly name = 'NotAMember'
  constructor(readonly reason: string) {
    super(`nothing can be proposed here: ${reason}`)
  }
}

/** The proposal was made, and this replica ended before it could tell what came of it: it may or may not be executed. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
  constructor(readonly reason: string) {
    super(
      `the proposal was under way when this replica ended (${reason}): read the state elsewhere to see what came of it`,
    )
  }
}

/** The sessions that the proposal was made in, one after the other, had come to an end. It did not execute; propose again. */
export class SessionExpired extends Error {
  override readonly name = 'SessionExpired'
  constructor() {
    super(
      'this did not execute: twice its session was ended meanwhile, since it was cut off for too long; propose again',
    )
  }
}

/** The state machine threw when it executed the proposal, at every replica alike. */
export class ExecutionThrew extends Error {
  override readonly name = 'ExecutionThrew'
}

/** What the platform must give is missing. */
export class Unsupported extends Error {
  override readonly name = 'Unsupported'
}

import type { InstanceRecord, Message } from '../../core/index.js'
import { contentOf, show, Violation } from './violation.js'

/**
 * What a disk holds of an instance only ever goes up, over all lives: the promise, the vote, and the phase. A commit
 * is final.
 */
export const checkSuccession = (before: InstanceRecord | undefined, after: InstanceRecord): void => {
  const refuse = (what: string): never => {
    throw new Violation('records', `${show(after.instance)}: ${what}`)
  }
  if (after.votedBallot > after.ballot) refuse(`voted at ballot ${after.votedBallot}, promised ${after.ballot}`)
  if (before === undefined) return
  if (after.ballot < before.ballot) refuse(`the promise fell from ballot ${before.ballot} to ${after.ballot}`)
  if (after.votedBallot < before.votedBallot) {
    refuse(`the vote fell from ballot ${before.votedBallot} to ${after.votedBallot}`)
  }
  if (RANK[after.phase] < RANK[before.phase]) refuse(`was ${before.phase}, is ${after.phase}`)
  const held = contentOf(before.value, before.deps)
  const holds = contentOf(after.value, after.deps)
  if (before.phase === 'committed' && held !== holds) refuse(`committed as ${held}, then as ${holds}`)
  const voted = before.phase === 'accepted' && after.phase === 'accepted'
  if (voted && before.votedBallot === after.votedBallot && held !== holds) {
    refuse(`accepted ${held} and ${holds} at ballot ${after.votedBallot}`)
  }
}

const RANK = { none: 0, 'pre-accepted': 1, accepted: 2, committed: 3 } as const

/** What one voter has promised in public it keeps in all its lives: nothing leaves it that a promise forbids. */
export class Promises {
  readonly #promised = new Map<string, number>()

  sent(message: Message): void {
    if (!('instance' in message)) return
    const name = show(message.instance)
    const promised = this.#promised.get(name) ?? 0
    const breaks = (ballot: number): void => {
      if (ballot < promised) {
        throw new Violation(
          'promises',
          `${message.kind} of ${name} at ballot ${ballot}, after a promise of ${promised}`,
        )
      }
    }
    if (message.kind === 'pre-accept-ok') breaks(0)
    // What is committed is reported at any ballot, and promises nothing.
    const votes = message.kind === 'accept-ok' || message.kind === 'validate-ok'
    if (!votes && !(message.kind === 'recover-ok' && message.phase !== 'committed')) return
    breaks(message.ballot)
    if (message.ballot > promised) this.#promised.set(name, message.ballot)
  }
}

import type { Ballot, Deps, Phase, Value } from '../core/index.js'
import type { Codec } from './codec.js'
import { WireError } from './error.js'
import { oneOf } from './scalar.js'

export const phase: Codec<Phase> = oneOf<Phase>(['none', 'pre-accepted', 'accepted', 'committed'])

/** What a replica holds of an instance, as far as records and RecoverOk both tell it. */
interface Held {
  readonly phase: Phase
  readonly value: Value | undefined
  readonly deps: Deps | undefined
  readonly votedBallot: Ballot
}

/** Protocol §3: what no replica can hold, whatever happened to it. */
export const checkHeld = (it: Held): void => {
  if ((it.phase === 'none' || it.phase === 'pre-accepted') && it.votedBallot !== 0) {
    throw new WireError('rule', `an instance in phase ${it.phase} has a voted ballot, ${it.votedBallot}`)
  }
  if (it.phase !== 'none' && (it.value === undefined || it.deps === undefined)) {
    throw new WireError('rule', `an instance in phase ${it.phase} lacks its value or its dependencies`)
  }
}

/** A vote is a promise, too. */
export const checkVote = (it: { readonly ballot: Ballot; readonly votedBallot: Ballot }): void => {
  if (it.votedBallot > it.ballot) {
    throw new WireError('rule', `the voted ballot ${it.votedBallot} is above the promised ballot ${it.ballot} [H3]`)
  }
}

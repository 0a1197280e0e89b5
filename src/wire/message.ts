import {
  type Conflict,
  MAX_CONFLICTS,
  MAX_FETCH,
  MAX_RECOVER,
  MAX_VOTERS,
  type Message,
  type RecoverOk,
} from '../core/index.js'
import { type Codec, list, optional, record, ruled, variants } from './codec.js'
import { WireError } from './error.js'
import { MAX_NUMBER } from './limits.js'
import { ballot, flag, integer, recoveryBallot } from './scalar.js'
import { checkStanding, checkVote, phase } from './standing.js'
import { deps, epoch, instance, instanceNumber, proposed, slot, value } from './value.js'

const about = { epoch, instance }

const checkRecoverOk = (it: RecoverOk): void => {
  checkStanding(it)
  // A committed instance answers any ballot, also one below the vote that it once gave.
  if (it.phase !== 'committed') checkVote(it)
  if (it.phase === 'none' && (it.value ?? it.deps ?? it.initDeps) !== undefined) {
    throw new WireError('rule', 'an instance in phase none tells a value or dependencies')
  }
  if (it.phase === 'pre-accepted' && it.initDeps === undefined) {
    throw new WireError('rule', 'a pre-accepted instance lacks its initial dependencies')
  }
}

const checkStretch = ({ from, to }: { readonly from: number; readonly to: number }, most: number): void => {
  if (to < from || to - from >= most) {
    throw new WireError('rule', `${from} to ${to} is no stretch of 1 to ${most} instances`)
  }
}

/** Everything replicas say to each other (protocol §4, §5, §8). */
export const message: Codec<Message> = ruled<Message>(
  variants<Message>({
    'pre-accept': [0, { ...about, value: proposed, deps }],
    'pre-accept-ok': [1, { ...about, deps }],
    accept: [2, { ...about, ballot, value, deps }],
    'accept-ok': [3, { ...about, ballot }],
    nack: [4, { ...about, ballot }],
    commit: [5, { ...about, value: optional(value), deps }],
    recover: [6, { epoch, slot, from: instanceNumber, to: instanceNumber, ballot: recoveryBallot }],
    'recover-ok': [
      7,
      {
        ...about,
        ballot: recoveryBallot,
        votedBallot: ballot,
        phase,
        value: optional(value),
        deps: optional(deps),
        initDeps: optional(deps),
      },
    ],
    validate: [8, { ...about, ballot: recoveryBallot, value: proposed, deps }],
    'validate-ok': [
      9,
      {
        ...about,
        ballot: recoveryBallot,
        conflicts: list(record<Conflict>({ slot, number: instanceNumber, committed: flag }), 0, MAX_CONFLICTS),
      },
    ],
    waiting: [10, { ...about, unchanged: integer(0, MAX_VOTERS) }],
    fetch: [11, { epoch, slot, from: instanceNumber, to: instanceNumber }],
    frontier: [12, { epoch, last: integer(0, MAX_NUMBER), committed: deps }],
  }),
  (it) => {
    if (it.kind === 'recover-ok') checkRecoverOk(it)
    if (it.kind === 'fetch') checkStretch(it, MAX_FETCH)
    if (it.kind === 'recover') checkStretch(it, MAX_RECOVER)
  },
)

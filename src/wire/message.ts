import {
  type Conflict,
  type Frontier,
  MAX_CONFLICTS,
  MAX_FETCH,
  MAX_RECOVER,
  MAX_VOTERS,
  type Mark,
  type RecoverOk,
  type Sealed,
  type Validate,
  type ValidateOk,
  type Waiting,
} from '../core/index.js'
import type { MemberMessage } from '../member/index.js'
import { type Codec, list, optional, record, ruled, variants } from './codec.js'
import { command } from './command.js'
import { configuration } from './configuration.js'
import { digest } from './digest.js'
import { WireError } from './error.js'
import { aboutInstance, checkLengths, deps, epoch, instanceNumber, slot } from './instance.js'
import { MAX_CHUNK_BYTES, MAX_NUMBER } from './limits.js'
import { checkHeld, checkVote, phase } from './phase.js'
import { ballot, bytes, flag, integer, recoveryBallot } from './scalar.js'
import { checkWanted, chunkIndex, header, snapshot } from './snapshot.js'
import { proposed, value } from './value.js'
import { accept, acceptOk, commit, nack, preAccept, preAcceptOk } from './voting.js'

const checkRecoverOk = (it: RecoverOk): void => {
  checkHeld(it)
  checkLengths(it.deps, it.initDeps)
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

const checkFrontier = ({ committed, executed, mark }: Frontier): void => {
  checkLengths(committed, executed)
  checkLengths(committed, mark.floor)
}

const checkSealed = ({ epoch, next }: Sealed): void => {
  if (next.number <= epoch)
    throw new WireError('rule', `epoch ${next.number} does not come after epoch ${epoch}`, 'next')
}

const last = integer(0, MAX_NUMBER)

/** Everything members say to each other: replicas (protocol §4, §5, §8, §9), and those that are on their way. */
export const message: Codec<MemberMessage> = ruled<MemberMessage>(
  variants<MemberMessage>({
    'pre-accept': [0, preAccept],
    'pre-accept-ok': [1, preAcceptOk],
    accept: [2, accept],
    'accept-ok': [3, acceptOk],
    nack: [4, nack],
    commit: [5, commit],
    recover: [6, { epoch, slot, from: instanceNumber, to: instanceNumber, ballot: recoveryBallot }],
    'recover-ok': [
      7,
      aboutInstance<RecoverOk>({
        ballot: recoveryBallot,
        votedBallot: ballot,
        phase,
        value: optional(value),
        deps: optional(deps),
        initDeps: optional(deps),
      }),
    ],
    validate: [8, aboutInstance<Validate>({ ballot: recoveryBallot, value: proposed, deps })],
    'validate-ok': [
      9,
      aboutInstance<ValidateOk>({
        ballot: recoveryBallot,
        conflicts: list(record<Conflict>({ slot, number: instanceNumber, committed: flag }), 0, MAX_CONFLICTS),
      }),
    ],
    waiting: [10, aboutInstance<Waiting>({ unchanged: integer(0, MAX_VOTERS) })],
    fetch: [11, { epoch, slot, from: instanceNumber, to: instanceNumber }],
    frontier: [12, { epoch, last, committed: deps, executed: deps, mark: record<Mark>({ floor: deps, last }) }],
    follow: [13, { epoch, feed: flag, executed: deps }],
    gone: [14, { epoch, slot, upTo: instanceNumber }],
    sealed: [15, { epoch, next: configuration, committed: optional(deps) }],
    propose: [16, { command }],
    'want-snapshot': [17, { cut: optional(epoch) }],
    offer: [18, { snapshot, header }],
    'want-chunks': [19, { snapshot, from: chunkIndex, to: chunkIndex }],
    chunk: [20, { snapshot, index: chunkIndex, bytes: bytes(MAX_CHUNK_BYTES) }],
    'no-snapshot': [21, {}],
    goodbye: [22, {}],
    digest: [23, digest],
    notice: [24, {}],
    noted: [25, { inEpoch: epoch }],
  }),
  (it) => {
    if (it.kind === 'recover-ok') checkRecoverOk(it)
    if (it.kind === 'fetch') checkStretch(it, MAX_FETCH)
    if (it.kind === 'recover') checkStretch(it, MAX_RECOVER)
    if (it.kind === 'frontier') checkFrontier(it)
    if (it.kind === 'sealed') checkSealed(it)
    if (it.kind === 'want-chunks') checkWanted(it)
  },
)

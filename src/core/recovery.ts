import { type Ballot, ballotAbove, MAX_BALLOT } from './ballot.js'
import { NOOP, type Proposed, type Value } from './command.js'
import { decide } from './commit.js'
import { startAccept } from './coordinator.js'
import { covers, noDeps, sameDeps } from './deps.js'
import type { Epoch } from './epoch.js'
import type { Instance } from './instance.js'
import type { Nack, RecoverOk, Validate, ValidateOk, Waiting } from './message.js'
import { abandon, pursue } from './pursue.js'
import type { RecoveryRule } from './ready.js'
import type { Deps } from './record.js'
import type { Recovering, Validating, WaitingRound } from './round.js'
import { NO_SLOTS } from './slots.js'

/** EPaxos*, recovery (protocol §5): the recoverer's half. */

/** No link that works takes longer for a round trip. */
const MAX_PATIENCE_MS = 60_000

/**
 * Step 1: a ballot above all that were heard of; the own promise is durable before the others are asked. The
 * instances are of one row, in its order: they share a ballot, and so their messages.
 */
export const recover = (epoch: Epoch, instances: readonly Instance[]): void => {
  let highest = 0
  for (const { ballot, trouble } of instances) highest = Math.max(highest, ballot, trouble.refusedBelow)
  const ballot = ballotAbove(highest, epoch.me)
  // Only a peer that makes ballots up gets here. Nobody would take a higher one: the instances stay as they are.
  if (ballot > MAX_BALLOT) return
  for (const instance of instances) {
    const round = epoch.lead<Recovering>(instance, {
      kind: 'recovering',
      ballot,
      repeats: 0,
      repeatMs: epoch.now + epoch.tuning.retransmitMs,
      answers: new Map(),
    })
    instance.ballot = ballot
    epoch.outbox.touch(instance)
    epoch.outbox.recover(instance, epoch.voter(epoch.me), ballot)
    sendRecover(epoch, instance, round)
  }
}

/** To every other voter whose answer is not there yet: those outside Q, once the round waits. */
export const sendRecover = (epoch: Epoch, instance: Instance, round: Recovering | WaitingRound): void => {
  const answered = round.kind === 'waiting' ? round.quorum : round.answers
  for (let slot = 0; slot < epoch.voters.length; slot++) {
    if (slot !== epoch.me && !answered.has(slot)) epoch.outbox.recover(instance, epoch.voter(slot), round.ballot)
  }
}

/** When to try again at a higher ballot; each attempt is given longer, for links may be slower than anybody thought. */
const restartMs = (epoch: Epoch, { trouble }: Instance): number =>
  epoch.now + Math.min(epoch.tuning.waitingMs * 2 ** trouble.attempts, MAX_PATIENCE_MS)

const decided = (epoch: Epoch, instance: Instance, rule: RecoveryRule): void =>
  epoch.outbox.emit({ kind: 'recovery', instance: instance.id, rule })

export const onRecoverOk = (epoch: Epoch, from: number, message: RecoverOk): void => {
  const instance = epoch.rows.find(message.instance.slot, message.instance.number)
  const round = instance?.round
  if (instance === undefined || round === undefined || round.ballot !== message.ballot) return
  if (round.kind === 'waiting') onLateRecoverOk(epoch, instance, round, from, message)
  if (round.kind !== 'recovering' || round.answers.has(from)) return
  round.answers.set(from, message)
  if (round.answers.size >= epoch.quorums.slow) choose(epoch, instance, round)
}

/** Step 3: what n − f answers to this very ballot allow. */
const choose = (epoch: Epoch, instance: Instance, { ballot, answers }: Recovering): void => {
  const { e } = epoch.quorums
  // Case 1: committed. The answer's value, not the own one [H12].
  for (const answer of answers.values()) {
    if (answer.phase === 'committed') return adopt(epoch, instance, answer, 'committed')
  }
  // Case 2: the value accepted at the highest ballot.
  let accepted: RecoverOk | undefined
  for (const answer of answers.values()) {
    if (answer.phase === 'accepted' && answer.votedBallot >= (accepted?.votedBallot ?? 0)) accepted = answer
  }
  if (accepted !== undefined) return reaccept(epoch, instance, ballot, accepted, 'accepted')
  // Case 3: the initial coordinator has not committed it, and now never will at ballot 0.
  if (answers.has(instance.id.slot)) return giveUp(epoch, instance, ballot, 'coordinator')
  // Case 4: too few are left that pre-accepted it unchanged: no fast quorum can have.
  const unchanged = [...answers].filter(([, answer]) => unchangedVote(answer))
  const witness = unchanged[0]?.[1]
  if (witness === undefined || unchanged.length < answers.size - e) return giveUp(epoch, instance, ballot, 'too-few')
  // Case 5: it may have been committed fast. Ask whether anything contradicts that.
  decided(epoch, instance, 'validate')
  const round = epoch.lead<Validating>(instance, {
    kind: 'validating',
    ballot,
    repeats: 0,
    repeatMs: epoch.now + epoch.tuning.retransmitMs,
    value: witness.value as Proposed,
    deps: witness.deps as Deps,
    quorum: new Set(answers.keys()),
    unchanged: unchanged.length,
    answers: new Map(),
    // All of Q must answer, and one of them may be gone: then another Q.
    restartMs: restartMs(epoch, instance),
  })
  sendValidate(epoch, instance, round)
}

const unchangedVote = ({ phase, value, deps, initDeps }: RecoverOk): boolean =>
  phase === 'pre-accepted' &&
  value !== undefined &&
  value.kind !== 'noop' &&
  !!deps &&
  !!initDeps &&
  sameDeps(deps, initDeps)

/** To every member of Q that has not answered. */
export const sendValidate = (epoch: Epoch, instance: Instance, round: Validating): void => {
  const { ballot, value, deps } = round
  const message: Validate = { kind: 'validate', epoch: epoch.number, instance: instance.id, ballot, value, deps }
  for (const slot of round.quorum) if (!round.answers.has(slot)) epoch.outbox.send(epoch.voter(slot), message)
}

/** Step 5: once all of Q have answered. */
export const onValidateOk = (epoch: Epoch, from: number, message: ValidateOk): void => {
  const instance = epoch.rows.find(message.instance.slot, message.instance.number)
  const round = instance?.round
  if (instance === undefined || round?.kind !== 'validating' || round.ballot !== message.ballot) return
  if (!round.quorum.has(from) || round.answers.has(from)) return
  round.answers.set(from, message.conflicts)
  if (round.answers.size < round.quorum.size) return

  const { ballot, value, deps, quorum, unchanged } = round
  // Whatever is recovered was not executed everywhere yet, and so depends on all that is dropped here.
  const conflicts = [...round.answers.values()]
    .flat()
    .filter(({ slot, number }) => number > (epoch.rows.dropped[slot] as number))
  if (conflicts.length === 0) return keep(epoch, instance, round, 'unopposed')
  if (conflicts.some(({ committed }) => committed)) return giveUp(epoch, instance, ballot, 'opposed')
  const tight = unchanged === quorum.size - epoch.quorums.e
  if (tight && conflicts.some(({ slot }) => !quorum.has(slot))) return giveUp(epoch, instance, ballot, 'tight')
  decided(epoch, instance, 'waiting')

  const waiting = epoch.lead<WaitingRound>(instance, {
    kind: 'waiting',
    ballot,
    repeats: 0,
    repeatMs: epoch.now + epoch.tuning.retransmitMs,
    value,
    deps,
    quorum,
    unchanged,
    conflicts: [...new Set(conflicts.map((x) => epoch.rows.at(x)))],
    restartMs: restartMs(epoch, instance),
  })
  for (const other of waiting.conflicts) {
    if (other.learned) continue
    other.troubled.awaitedBy ??= new Set()
    other.troubled.awaitedBy.add(instance)
    pursue(epoch, other)
  }
  sendWaiting(epoch, instance, waiting)
  settle(epoch, instance)
}

/** Tells all voters, oneself included [H28], and goes on asking those outside Q. */
export const sendWaiting = (epoch: Epoch, instance: Instance, round: WaitingRound): void => {
  const message: Waiting = { kind: 'waiting', epoch: epoch.number, instance: instance.id, unchanged: round.unchanged }
  epoch.outbox.send(epoch.voter(epoch.me), message)
  epoch.broadcast(message)
  sendRecover(epoch, instance, round)
}

/** Kept by its receiver, whatever that is doing [H28]. */
export const onWaiting = (epoch: Epoch, message: Waiting): void => {
  const instance = epoch.rows.at(message.instance)
  instance.troubled.unchangedWaiting = Math.max(instance.trouble.unchangedWaiting, message.unchanged)
  settleAwaiting(epoch, instance)
}

/** Something has become known of this instance: looks again at the recoveries that wait for it. */
export const settleAwaiting = (epoch: Epoch, instance: Instance): void => {
  const { awaitedBy } = instance.trouble
  if (awaitedBy === undefined) return
  for (const other of awaitedBy) settle(epoch, other)
  if (instance.learned) instance.troubled.awaitedBy = undefined
}

/** Step 5, the waiting: whether what is known of I decides by now. */
const settle = (epoch: Epoch, instance: Instance): void => {
  const round = instance.round
  if (round?.kind !== 'waiting') return
  const { n, f, e } = epoch.quorums
  let open = 0
  for (const other of round.conflicts) {
    if (other.learned) {
      const harmless = other.value?.kind === 'noop' || covers(other.deps as Deps, instance.id)
      if (!harmless) return giveUp(epoch, instance, round.ballot, 'overtaken')
    } else if (other.trouble.unchangedWaiting > n - f - e) return giveUp(epoch, instance, round.ballot, 'rival')
    else open++
  }
  if (open === 0) keep(epoch, instance, round, 'covered')
}

/** An answer from outside Q that comes while the round waits. */
const onLateRecoverOk = (
  epoch: Epoch,
  instance: Instance,
  round: WaitingRound,
  from: number,
  answer: RecoverOk,
): void => {
  if (round.quorum.has(from)) return
  if (answer.phase === 'committed') adopt(epoch, instance, answer, 'late-committed')
  else if (answer.phase === 'accepted') reaccept(epoch, instance, round.ballot, answer, 'late-accepted')
  else if (from === instance.id.slot) giveUp(epoch, instance, round.ballot, 'late-coordinator')
}

/** A higher ballot is known: whatever is led below it has failed [K3]. */
export const onNack = (epoch: Epoch, message: Nack): void => {
  const instance = epoch.rows.find(message.instance.slot, message.instance.number)
  if (instance === undefined || instance.committed) return
  instance.troubled.refusedBelow = Math.max(instance.trouble.refusedBelow, message.ballot)
  if (instance.round === undefined || message.ballot <= instance.round.ballot) return
  abandon(instance)
  pursue(epoch, instance)
}

const adopt = (epoch: Epoch, instance: Instance, answer: RecoverOk, rule: RecoveryRule): void => {
  decided(epoch, instance, rule)
  decide(epoch, instance, answer.value as Value, answer.deps as Deps, 'told', NO_SLOTS)
}

const reaccept = (
  epoch: Epoch,
  instance: Instance,
  ballot: Ballot,
  { value, deps }: RecoverOk,
  rule: RecoveryRule,
): void => {
  decided(epoch, instance, rule)
  startAccept(epoch, instance, ballot, value as Value, deps as Deps)
}

/** It may have been committed fast, and nothing contradicts that: it stays as it was proposed. */
const keep = (epoch: Epoch, instance: Instance, round: Validating | WaitingRound, rule: RecoveryRule): void => {
  decided(epoch, instance, rule)
  startAccept(epoch, instance, round.ballot, round.value, round.deps)
}

/** Nothing was or will be committed below this ballot: the instance may end as a no-op. */
const giveUp = (epoch: Epoch, instance: Instance, ballot: Ballot, rule: RecoveryRule): void => {
  decided(epoch, instance, rule)
  startAccept(epoch, instance, ballot, NOOP, noDeps(epoch.voters.length))
}

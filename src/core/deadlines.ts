import { sendAccept, sendPreAccept, tally } from './coordinator.js'
import type { Epoch } from './epoch.js'
import type { Instance, Pursuit } from './instance.js'
import type { Fetch } from './message.js'
import { abandon, dueTogether, isOpen, pursue, waitToAskAgain, waitToRecover } from './pursue.js'
import { recover, sendRecover, sendValidate, sendWaiting } from './recovery.js'
import { nextDeadline, type Round } from './round.js'

/** Whoever has been given way so often has had time enough: somebody half cut off would hold up all others for ever. */
const MAX_GIVING_WAY = 3

/** What happens for an instance when a deadline has come: of the round that is led for it by now, and of its pursuit. */
export const fire = (epoch: Epoch, instance: Instance): void => {
  if (instance.round !== undefined) onRoundDue(epoch, instance, instance.round)
  const { pursuit } = instance.trouble
  if (pursuit !== undefined) onPursue(epoch, instance, pursuit)
}

const onRoundDue = (epoch: Epoch, instance: Instance, round: Round): void => {
  const { now } = epoch
  if (nextDeadline(round) > now) return
  if ((round.kind === 'validating' || round.kind === 'waiting') && round.restartMs <= now) {
    abandon(instance)
    pursue(epoch, instance)
    return
  }
  if (round.repeatMs <= now) {
    const { retransmitMs, maxRetransmitMs } = epoch.tuning
    round.repeats++
    round.repeatMs = now + Math.min(retransmitMs * 2 ** round.repeats, maxRetransmitMs)
    repeat(epoch, instance, round)
  }
  if (instance.round === round && round.kind === 'pre-accepting' && !round.late && round.lateMs <= now) {
    round.late = true
    if (epoch.widen(round)) sendPreAccept(epoch, instance, round)
    tally(epoch, instance, round)
  }
  if (instance.round === round) epoch.timers.set(nextDeadline(round), instance)
}

/** Says again what was not answered. */
const repeat = (epoch: Epoch, instance: Instance, round: Round): void => {
  switch (round.kind) {
    case 'pre-accepting':
      epoch.widen(round)
      sendPreAccept(epoch, instance, round)
      // Who is suspected by now no longer holds up the choice of path.
      return tally(epoch, instance, round)
    case 'accepting':
      epoch.widen(round)
      return sendAccept(epoch, instance, round)
    case 'recovering':
      return sendRecover(epoch, instance, round)
    case 'validating':
      return sendValidate(epoch, instance, round)
    case 'waiting':
      return sendWaiting(epoch, instance, round)
  }
}

const onPursue = (epoch: Epoch, instance: Instance, pursuit: Pursuit): void => {
  // It was put off.
  if (pursuit.dueMs > epoch.now) return
  if (!isOpen(instance)) {
    instance.troubled.pursuit = undefined
    return
  }
  const together = dueTogether(epoch, instance, pursuit.step)
  if (!epoch.voting) {
    askForCommits(epoch, together)
    for (const each of together) waitToAskAgain(epoch, each)
    return
  }
  // After a long sleep what is missing has most likely been committed meanwhile: peers are asked before anything is recovered.
  if (pursuit.step === 'fetch' || epoch.now < epoch.awakeAt) {
    askForCommits(epoch, together)
    for (const each of together) waitToRecover(epoch, each)
    return
  }
  const mine: Instance[] = []
  for (const each of together) {
    const contested = each.ballot !== each.trouble.pursuit?.ballot && each.trouble.attempts < MAX_GIVING_WAY
    each.troubled.pursuit = undefined
    if (!contested) mine.push(each)
    else {
      // Somebody else is recovering it: give way once more, and longer each time [H10].
      each.troubled.attempts++
      waitToRecover(epoch, each)
    }
  }
  recover(epoch, mine)
}

const askForCommits = (epoch: Epoch, [first, ...others]: readonly Instance[]): void => {
  if (first === undefined) return
  const { slot, number } = first.id
  const question: Fetch = { kind: 'fetch', epoch: epoch.number, slot, from: number, to: number + others.length }
  if (!epoch.voting) return epoch.outbox.send(epoch.voter(epoch.following), question)
  // Its coordinator knows best; where that is gone, or oneself in an earlier life, anybody may.
  if (slot === epoch.me || epoch.suspects(slot)) epoch.broadcast(question)
  else epoch.outbox.send(epoch.voter(slot), question)
}

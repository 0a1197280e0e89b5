import { sendAccept, sendPreAccept, tally } from './coordinator.js'
import type { Deadline, Epoch } from './epoch.js'
import type { Instance } from './instance.js'
import type { Fetch } from './message.js'
import { abandon, dueTogether, isOpen, pursue, waitToAskAgain, waitToRecover } from './pursue.js'
import { recover, sendRecover, sendValidate, sendWaiting } from './recovery.js'
import type { Round } from './round.js'

/** Whoever has been given way so often has had time enough: somebody half cut off would hold up all others for ever. */
const MAX_GIVING_WAY = 3

/** What happens when a deadline has come. */
export const fire = (epoch: Epoch, deadline: Deadline): void => {
  const { instance } = deadline
  if (deadline.kind === 'pursue') return onPursue(epoch, instance)
  const { round } = deadline
  if (instance.round !== round) return
  if (deadline.kind === 'repeat') {
    repeat(epoch, instance, round)
    const { retransmitMs, maxRetransmitMs } = epoch.tuning
    round.repeats++
    const delayMs = Math.min(retransmitMs * 2 ** round.repeats, maxRetransmitMs)
    epoch.timers.set(epoch.now + delayMs, deadline)
  } else if (deadline.kind === 'late' && round.kind === 'pre-accepting') {
    round.late = true
    if (epoch.widen(round)) sendPreAccept(epoch, instance, round)
    tally(epoch, instance, round)
  } else if (deadline.kind === 'restart') {
    abandon(instance)
    pursue(epoch, instance)
  }
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

const onPursue = (epoch: Epoch, instance: Instance): void => {
  const { pursuit } = instance
  // It has come already, together with a neighbour's, or was put off.
  if (pursuit === undefined || pursuit.dueMs > epoch.now) return
  if (!isOpen(instance)) {
    instance.pursuit = undefined
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
    const contested = each.ballot !== each.pursuit?.ballot && each.attempts < MAX_GIVING_WAY
    each.pursuit = undefined
    if (!contested) mine.push(each)
    else {
      // Somebody else is recovering it: give way once more, and longer each time [H10].
      each.attempts++
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

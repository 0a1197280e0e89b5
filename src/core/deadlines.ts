import { sendAccept, sendPreAccept, tally } from './coordinator.js'
import type { Deadline, Epoch } from './epoch.js'
import type { Instance } from './instance.js'
import type { Fetch } from './message.js'
import { abandon, pursue, waitToRecover } from './pursue.js'
import { recover, sendRecover, sendValidate, sendWaiting } from './recovery.js'
import type { Round } from './round.js'

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
      sendPreAccept(epoch, instance, round)
      // Who is suspected by now no longer holds up the choice of path.
      return tally(epoch, instance, round)
    case 'accepting':
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
  const { pursuit, id } = instance
  instance.pursuit = 'none'
  // What is led here ends in a commit, or in another pursuit.
  if (instance.committed || instance.round !== undefined) return
  // After a long sleep what is missing has most likely been committed meanwhile: peers are asked before anything is recovered.
  if (pursuit === 'fetch' || epoch.now < epoch.awakeAt) {
    const question: Fetch = { kind: 'fetch', epoch: epoch.number, slot: id.slot, from: id.number, to: id.number }
    // Its coordinator knows best; where that is gone, or oneself in an earlier life, anybody may.
    if (id.slot === epoch.me || epoch.suspects(id.slot)) epoch.broadcast(question)
    else epoch.outbox.send(epoch.voter(id.slot), question)
    waitToRecover(epoch, instance)
  } else if (instance.ballot !== instance.pursuedAt) {
    // Somebody else is recovering it: give way once more, and longer each time [H10].
    instance.attempts++
    waitToRecover(epoch, instance)
  } else recover(epoch, instance)
}

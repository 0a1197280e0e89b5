import type { Proposed, Value } from './command.js'
import { decide } from './commit.js'
import { sameDeps, union } from './deps.js'
import type { Epoch } from './epoch.js'
import type { Instance } from './instance.js'
import type { Accept, AcceptOk, PreAccept, PreAcceptOk } from './message.js'
import type { Deps } from './record.js'
import type { Accepting, PreAccepting } from './round.js'
import { countSlots, hasSlot, NO_SLOTS, type Slots, withSlot } from './slots.js'

/** §4, the coordinator's half: propose, the fast path, the slow path. */

/** Proposes a value as this replica's instance `number`. */
export const propose = (epoch: Epoch, number: number, value: Proposed): Instance => {
  const instance = epoch.rows.at({ slot: epoch.me, number })
  // All that is stable, also where it is forgotten here by now: others may have dropped it [H22].
  const deps = stably(epoch, instance, epoch.conflicts.take(instance.id, value))
  instance.phase = 'pre-accepted'
  instance.value = instance.initValue = value
  instance.deps = instance.initDeps = deps
  epoch.stored(instance)
  const round = epoch.lead<PreAccepting>(instance, {
    kind: 'pre-accepting',
    ballot: 0,
    repeats: 0,
    repeatMs: epoch.now + epoch.tuning.retransmitMs,
    voted: NO_SLOTS,
    unchanged: NO_SLOTS,
    union: deps,
    asked: epoch.toAsk(epoch.quorums.fast),
    lateMs: epoch.now + epoch.tuning.slowPathDelayMs,
    late: false,
  })
  sendPreAccept(epoch, instance, round)
  // The own vote: counted, like the messages sent, once it is durable [H5].
  epoch.outbox.report(instance, epoch.voter(epoch.me), {
    kind: 'pre-accept-ok',
    epoch: epoch.number,
    instance: instance.id,
    deps,
  })
  return instance
}

/** Together with the stable floor (protocol §4). */
const stably = (epoch: Epoch, { id }: Instance, deps: Deps): Deps => {
  const all = union(epoch.floors.stable, deps)
  if ((all[id.slot] as number) < id.number) return all
  return all.map((number, slot) => (slot === id.slot ? id.number - 1 : number))
}

/** To everybody asked that has not answered. Never before the own record is durable [H5]. */
export const sendPreAccept = (
  epoch: Epoch,
  instance: Instance,
  round: PreAccepting,
  slots: Slots = round.asked,
): void => {
  const message: PreAccept = {
    kind: 'pre-accept',
    epoch: epoch.number,
    instance: instance.id,
    value: instance.initValue as Proposed,
    deps: instance.initDeps as Deps,
  }
  const open = slots & round.asked & ~round.voted
  for (let slot = 0; slot < epoch.voters.length; slot++) {
    if (slot !== epoch.me && hasSlot(open, slot)) epoch.outbox.report(instance, epoch.voter(slot), message)
  }
}

export const onPreAcceptOk = (epoch: Epoch, from: number, message: PreAcceptOk): void => {
  const instance = epoch.rows.find(message.instance.slot, message.instance.number)
  const round = instance?.round
  // No round: decided, pre-empted by a promise [K2], or of an earlier life [H21].
  if (instance === undefined || round?.kind !== 'pre-accepting' || hasSlot(round.voted, from)) return
  round.voted = withSlot(round.voted, from)
  // Equal to what was proposed, not merely to each other [K6].
  if (sameDeps(message.deps, instance.initDeps as Deps)) round.unchanged = withSlot(round.unchanged, from)
  else round.union = union(round.union, message.deps)
  tally(epoch, instance, round)
}

/** Whether the votes are enough for either path. */
export const tally = (epoch: Epoch, instance: Instance, round: PreAccepting): void => {
  const { fast, slow } = epoch.quorums
  const value = instance.initValue as Value
  const unchanged = countSlots(round.unchanged)
  if (unchanged >= fast) return decide(epoch, instance, value, instance.initDeps as Deps, 'fast', round.asked)
  const voted = countSlots(round.voted)
  if (voted < slow) return
  // Where half of them have seen what interferes, those further away most likely have, too: that much longer than
  // the slow path takes from here is not waited for.
  if (!round.late && 2 * unchanged > voted && unchanged + countSlots(awaited(epoch, round)) >= fast) return
  startAccept(epoch, instance, 0, value, round.union)
}

/** Who has been asked and may still answer. */
const awaited = (epoch: Epoch, { asked, voted }: PreAccepting): Slots => {
  let slots = asked & ~voted
  for (let slot = 0; slot < epoch.voters.length; slot++) if (epoch.suspects(slot)) slots &= ~withSlot(NO_SLOTS, slot)
  return slots
}

/** Proposes a value to the acceptors, oneself among them. */
export const startAccept = (epoch: Epoch, instance: Instance, ballot: number, value: Value, deps: Deps): void => {
  const round = epoch.lead<Accepting>(instance, {
    kind: 'accepting',
    ballot,
    repeats: 0,
    repeatMs: epoch.now + epoch.tuning.retransmitMs,
    value,
    deps,
    voted: NO_SLOTS,
    asked: epoch.toAsk(epoch.quorums.slow),
  })
  sendAccept(epoch, instance, round)
}

/** To everybody asked that has not answered. It need not wait for the own write: only the own vote does (§6). */
export const sendAccept = (epoch: Epoch, instance: Instance, round: Accepting, slots: Slots = round.asked): void => {
  const { ballot, value, deps } = round
  const message: Accept = { kind: 'accept', epoch: epoch.number, instance: instance.id, ballot, value, deps }
  const open = slots & round.asked & ~round.voted
  for (let slot = 0; slot < epoch.voters.length; slot++) {
    if (hasSlot(open, slot)) epoch.outbox.send(epoch.voter(slot), message)
  }
}

export const onAcceptOk = (epoch: Epoch, from: number, message: AcceptOk): void => {
  const instance = epoch.rows.find(message.instance.slot, message.instance.number)
  const round = instance?.round
  if (instance === undefined || round?.kind !== 'accepting' || round.ballot !== message.ballot) return
  round.voted = withSlot(round.voted, from)
  if (countSlots(round.voted) < epoch.quorums.slow) return
  decide(epoch, instance, round.value, round.deps, round.ballot === 0 ? 'slow' : 'recovered', round.asked)
}

/** A voter can be reached from now on: of these own instances it is asked at once what it has not answered. */
export const askAgain = (epoch: Epoch, instances: Iterable<Instance>, slot: number): void => {
  for (const instance of instances) {
    if (instance.round?.kind === 'pre-accepting')
      sendPreAccept(epoch, instance, instance.round, withSlot(NO_SLOTS, slot))
    if (instance.round?.kind === 'accepting') sendAccept(epoch, instance, instance.round, withSlot(NO_SLOTS, slot))
  }
}

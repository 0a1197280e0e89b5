import type { Proposed, Value } from './command.js'
import { decide } from './commit.js'
import { sameDeps, union } from './deps.js'
import type { Epoch } from './epoch.js'
import type { Instance } from './instance.js'
import type { Accept, AcceptOk, PreAccept, PreAcceptOk } from './message.js'
import type { Deps } from './record.js'
import type { Accepting, PreAccepting } from './round.js'

/** §4, the coordinator's half: propose, the fast path, the slow path. */

/** Proposes a value as this replica's instance `number`. */
export const propose = (epoch: Epoch, number: number, value: Proposed): Instance => {
  const instance = epoch.rows.at({ slot: epoch.me, number })
  // All that is stable, also where it is forgotten here by now: others may have dropped it [H22].
  const deps = stably(epoch, instance, epoch.conflicts.newest(instance.id, value))
  instance.phase = 'pre-accepted'
  instance.value = instance.initValue = value
  instance.deps = instance.initDeps = deps
  epoch.stored(instance)
  const round = epoch.lead<PreAccepting>(instance, {
    kind: 'pre-accepting',
    ballot: 0,
    repeats: 0,
    votes: new Map(),
    asked: epoch.toAsk(epoch.quorums.fast),
    late: false,
  })
  epoch.timers.set(epoch.now + epoch.tuning.slowPathDelayMs, { kind: 'late', instance, round })
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
const stably = (epoch: Epoch, { id }: Instance, deps: Deps): Deps =>
  union(deps, epoch.floors.stable).map((number, slot) => (slot === id.slot ? Math.min(number, id.number - 1) : number))

/** To everybody asked that has not answered. Never before the own record is durable [H5]. */
export const sendPreAccept = (
  epoch: Epoch,
  instance: Instance,
  round: PreAccepting,
  slots: Iterable<number> = round.asked,
): void => {
  const message: PreAccept = {
    kind: 'pre-accept',
    epoch: epoch.number,
    instance: instance.id,
    value: instance.initValue as Proposed,
    deps: instance.initDeps as Deps,
  }
  for (const slot of slots) {
    if (slot !== epoch.me && round.asked.has(slot) && !round.votes.has(slot))
      epoch.outbox.report(instance, epoch.voter(slot), message)
  }
}

export const onPreAcceptOk = (epoch: Epoch, from: number, message: PreAcceptOk): void => {
  const instance = epoch.rows.find(message.instance.slot, message.instance.number)
  const round = instance?.round
  // No round: decided, pre-empted by a promise [K2], or of an earlier life [H21].
  if (instance === undefined || round?.kind !== 'pre-accepting' || round.votes.has(from)) return
  round.votes.set(from, message.deps)
  tally(epoch, instance, round)
}

/** Whether the votes are enough for either path. */
export const tally = (epoch: Epoch, instance: Instance, round: PreAccepting): void => {
  const { fast, slow } = epoch.quorums
  const initDeps = instance.initDeps as Deps
  // Equal to what was proposed, not merely to each other [K6].
  let equal = 0
  for (const deps of round.votes.values()) if (sameDeps(deps, initDeps)) equal++
  if (equal >= fast) {
    decide(epoch, instance, instance.initValue as Value, initDeps, 'fast', new Set(round.votes.keys()))
    return
  }
  let silent = 0
  for (const slot of round.asked) if (!round.votes.has(slot) && !epoch.suspects(slot)) silent++
  const reachable = equal + silent >= fast
  if (round.votes.size >= slow && (round.late || !reachable)) {
    let deps = initDeps
    for (const vote of round.votes.values()) deps = union(deps, vote)
    startAccept(epoch, instance, 0, instance.initValue as Value, deps, round.votes.keys())
  }
}

/**
 * Proposes a value to the acceptors, oneself among them.
 * @param holders slots known to hold the command already
 */
export const startAccept = (
  epoch: Epoch,
  instance: Instance,
  ballot: number,
  value: Value,
  deps: Deps,
  holders: Iterable<number>,
): void => {
  const round = epoch.lead<Accepting>(instance, {
    kind: 'accepting',
    ballot,
    repeats: 0,
    value,
    deps,
    votes: new Set(),
    asked: epoch.toAsk(epoch.quorums.slow),
    holders: new Set(holders),
  })
  sendAccept(epoch, instance, round)
}

/** To everybody asked that has not answered. It need not wait for the own write: only the own vote does (§6). */
export const sendAccept = (
  epoch: Epoch,
  instance: Instance,
  round: Accepting,
  slots: Iterable<number> = round.asked,
): void => {
  const { ballot, value, deps } = round
  const message: Accept = { kind: 'accept', epoch: epoch.number, instance: instance.id, ballot, value, deps }
  for (const slot of slots) {
    if (round.asked.has(slot) && !round.votes.has(slot)) epoch.outbox.send(epoch.voter(slot), message)
  }
}

export const onAcceptOk = (epoch: Epoch, from: number, message: AcceptOk): void => {
  const instance = epoch.rows.find(message.instance.slot, message.instance.number)
  const round = instance?.round
  if (instance === undefined || round?.kind !== 'accepting' || round.ballot !== message.ballot) return
  round.votes.add(from)
  round.holders.add(from)
  if (round.votes.size < epoch.quorums.slow) return
  decide(epoch, instance, round.value, round.deps, round.ballot === 0 ? 'slow' : 'recovered', round.holders)
}

/** A voter can be reached from now on: of these own instances it is asked at once what it has not answered. */
export const askAgain = (epoch: Epoch, numbers: Iterable<number>, slot: number): void => {
  for (const number of numbers) {
    const instance = epoch.rows.find(epoch.me, number)
    if (instance?.round?.kind === 'pre-accepting') sendPreAccept(epoch, instance, instance.round, [slot])
    if (instance?.round?.kind === 'accepting') sendAccept(epoch, instance, instance.round, [slot])
  }
}

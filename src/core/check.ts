import { type Ballot, MAX_BALLOT, roundOf, slotOf } from './ballot.js'
import type { Value } from './command.js'
import { configurationFault } from './configuration.js'
import type { Epoch } from './epoch.js'
import { MAX_RECOVER } from './limits.js'
import type { Accept, Message, Recover, Sealed, Validate } from './message.js'
import type { Deps, InstanceId } from './record.js'

/** How far a message may be ahead of all that is known of a row: a bound on what one message can make a replica do. */
const MAX_AHEAD = 1_000_000

/**
 * Why no correct member can have sent this message of this epoch; undefined when one can. The wire has checked
 * each field by itself; here they are checked against the epoch and against each other.
 * @param from the sender's slot; -1 for one that is no voter
 */
export const fault = (epoch: Epoch, from: number, message: Message): string | undefined => {
  switch (message.kind) {
    case 'fetch':
      return slotFault(epoch, message.slot)
    case 'follow':
      return depsFault(epoch, message.executed, false)
    case 'sealed':
      return sealedFault(epoch, message)
    case 'gone':
      return from < 0 ? 'not a voter of this epoch' : slotFault(epoch, message.slot)
  }
  if (from < 0 && message.kind !== 'commit') return 'not a voter of this epoch'
  if (message.kind === 'frontier') {
    const { committed, executed, mark } = message
    return (
      depsFault(epoch, committed, false) ?? depsFault(epoch, executed, false) ?? depsFault(epoch, mark.floor, false)
    )
  }
  if (message.kind === 'recover') return recoverFault(epoch, from, message)
  const { instance } = message
  return (
    instanceFault(epoch, instance) ??
    ('ballot' in message ? ballotFault(epoch, instance, message.ballot) : undefined) ??
    ownerFault(instance, from, message) ??
    contentFault(epoch, instance, message)
  )
}

const sealedFault = (epoch: Epoch, { next, committed }: Sealed): string | undefined => {
  if (next.number <= epoch.number) return `epoch ${next.number} comes after ${epoch.number}`
  return configurationFault(next) ?? (committed && depsFault(epoch, committed, false))
}

const slotFault = (epoch: Epoch, slot: number): string | undefined =>
  slot < epoch.voters.length ? undefined : `slot ${slot} in a group of ${epoch.voters.length}`

const instanceFault = (epoch: Epoch, { slot, number }: InstanceId): string | undefined =>
  slotFault(epoch, slot) ?? aheadFault(epoch, slot, number)

const aheadFault = (epoch: Epoch, slot: number, number: number): string | undefined => {
  const known = Math.max(epoch.rows.horizon(slot), epoch.rows.used[slot] as number)
  return number <= known + MAX_AHEAD
    ? undefined
    : `instance ${slot}.${number}, where ${slot}.${known} is the last known`
}

/** A ballot so far ahead would leave no room above it: each attempt takes one round, and seconds. */
const ballotFault = (epoch: Epoch, { slot, number }: InstanceId, ballot: Ballot): string | undefined => {
  const known = epoch.rows.find(slot, number)
  const ahead = roundOf(ballot) - roundOf(Math.max(known?.ballot ?? 0, known?.trouble.refusedBelow ?? 0))
  return ballot <= MAX_BALLOT && ahead <= MAX_AHEAD ? undefined : `a made-up ballot ${ballot}`
}

const recoverFault = (epoch: Epoch, sender: number, message: Recover): string | undefined => {
  const { slot, from, to, ballot } = message
  if (to < from || to - from >= MAX_RECOVER) return `a stretch from ${from} to ${to}`
  const wrong = instanceFault(epoch, { slot, number: to })
  if (wrong !== undefined) return wrong
  for (let number = from; number <= to; number++) {
    const madeUp = ballotFault(epoch, { slot, number }, ballot)
    if (madeUp !== undefined) return madeUp
  }
  return ballotOwnerFault(sender, message)
}

/** A row's first ballot is its owner's; every other ballot names its owner. */
const ownerFault = ({ slot }: InstanceId, from: number, message: Message): string | undefined => {
  switch (message.kind) {
    case 'pre-accept':
      return from === slot ? undefined : `PreAccept for row ${slot} from slot ${from}`
    case 'accept':
      if (message.ballot > 0) return ballotOwnerFault(from, message)
      return from === slot ? undefined : `accept at the first ballot of slot ${slot} from slot ${from}`
    case 'validate':
      return ballotOwnerFault(from, message)
    default:
      return undefined
  }
}

const ballotOwnerFault = (from: number, { kind, ballot }: Accept | Recover | Validate): string | undefined =>
  ballot > 0 && slotOf(ballot) === from ? undefined : `${kind} at a ballot of slot ${slotOf(ballot)} from slot ${from}`

/** The next epoch of a seal is the one after this. */
const valueFault = (epoch: Epoch, value: Value | undefined): string | undefined => {
  if (value?.kind !== 'seal') return undefined
  const { next } = value
  const wrong = configurationFault(next)
  return next.number === epoch.number + 1 ? wrong : `a seal of epoch ${next.number - 1}, here it is ${epoch.number}`
}

const contentFault = (epoch: Epoch, instance: InstanceId, message: Message): string | undefined => {
  switch (message.kind) {
    case 'accept':
      if (message.ballot === 0 && message.value.kind === 'noop') return 'a no-op that nobody has recovered'
      return valueFault(epoch, message.value) ?? vectorFault(epoch, instance, message.deps)
    case 'pre-accept-ok':
      return vectorFault(epoch, instance, message.deps)
    case 'pre-accept':
    case 'commit':
    case 'validate':
      return valueFault(epoch, message.value) ?? vectorFault(epoch, instance, message.deps)
    case 'recover-ok':
      if (message.phase !== 'none' && (message.value === undefined || message.deps === undefined)) {
        return `phase ${message.phase} without a value or dependencies`
      }
      return (
        valueFault(epoch, message.value) ??
        (message.deps && vectorFault(epoch, instance, message.deps)) ??
        (message.initDeps && vectorFault(epoch, instance, message.initDeps))
      )
    case 'validate-ok':
      for (const conflict of message.conflicts) {
        const itself = conflict.slot === instance.slot && conflict.number === instance.number
        const wrong = itself ? 'an instance in conflict with itself' : instanceFault(epoch, conflict)
        if (wrong !== undefined) return wrong
      }
      return undefined
    default:
      return undefined
  }
}

const vectorFault = (epoch: Epoch, instance: InstanceId, deps: Deps): string | undefined =>
  depsFault(epoch, deps) ?? selfFault(instance, deps)

/** @param bounded false for a frontier, which may truly be far ahead of one that was away for long */
const depsFault = (epoch: Epoch, deps: Deps, bounded = true): string | undefined => {
  if (deps.length !== epoch.voters.length) return `${deps.length} dependencies in a group of ${epoch.voters.length}`
  for (let slot = 0; bounded && slot < deps.length; slot++) {
    const wrong = aheadFault(epoch, slot, deps[slot] as number)
    if (wrong !== undefined) return wrong
  }
  return undefined
}

const selfFault = ({ slot, number }: InstanceId, deps: Deps): string | undefined =>
  (deps[slot] as number) < number ? undefined : `instance ${slot}.${number} depends on itself`

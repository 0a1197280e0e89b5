import { type Value, valuesEqual } from './command.js'
import { sameDeps } from './deps.js'
import type { Epoch } from './epoch.js'
import type { CommitPath, Instance } from './instance.js'
import type { Commit } from './message.js'
import type { Deps, ReplicaId } from './record.js'
import { hasSlot, type Slots } from './slots.js'

/** Takes a commit, at any ballot. The first one is final: a repeat is compared and dropped, never written [H4]. */
export const commit = (epoch: Epoch, instance: Instance, value: Value, deps: Deps, path: CommitPath): void => {
  if (instance.committed) {
    const same = valuesEqual(instance.value as Value, value) && sameDeps(instance.deps as Deps, deps)
    if (!same) epoch.outbox.emit({ kind: 'disagreement', instance: instance.id })
    return
  }
  instance.phase = 'committed'
  epoch.hold(instance, value)
  instance.deps = deps
  instance.path = path
  instance.round = undefined
  epoch.stored(instance)
  // The initial coordinator's decision is durable before anyone can learn of it [H7]; others may forget theirs.
  if (instance.id.slot === epoch.me) epoch.outbox.afterWrite(instance)
  else learn(epoch, instance)
}

/** From now on everybody may be told; what waits for it is looked at before the replica's call returns. */
export const learn = (epoch: Epoch, instance: Instance): void => {
  instance.learned = true
  epoch.rows.advance(instance.id.slot)
  epoch.learned.push(instance)
}

/**
 * Decides an instance that this replica led, and tells every other voter.
 * @param asked slots that were sent the command: it isn't sent to them again. One that never got it asks for it [H8]
 */
export const decide = (
  epoch: Epoch,
  instance: Instance,
  value: Value,
  deps: Deps,
  path: CommitPath,
  asked: Slots,
): void => {
  commit(epoch, instance, value, deps, path)
  const whole: Commit = { kind: 'commit', epoch: epoch.number, instance: instance.id, value, deps }
  const short: Commit =
    value.kind === 'noop'
      ? whole
      : { kind: 'commit', epoch: epoch.number, instance: instance.id, value: undefined, deps }
  for (let slot = 0; slot < epoch.voters.length; slot++) {
    if (slot === epoch.me) continue
    const message = hasSlot(asked, slot) ? short : whole
    if (instance.learned) epoch.outbox.send(epoch.voter(slot), message)
    else epoch.outbox.sendAfterWrite(epoch.voter(slot), message)
  }
}

/** Tells members a commit that may be told, with its command. */
export const tellCommit = (epoch: Epoch, to: Iterable<ReplicaId>, { id, value, deps }: Instance): void => {
  const message: Commit = { kind: 'commit', epoch: epoch.number, instance: id, value, deps: deps as Deps }
  for (const member of to) epoch.outbox.send(member, message)
}

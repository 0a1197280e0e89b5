import type { Ballot } from './ballot.js'
import { type Value, valuesEqual, valuesInterfere } from './command.js'
import { commit, tellCommit } from './commit.js'
import { covers, union } from './deps.js'
import type { Epoch } from './epoch.js'
import type { Instance } from './instance.js'
import { MAX_CONFLICTS } from './limits.js'
import type { Accept, Commit, Conflict, PreAccept, Recover, RecoverOk, Validate } from './message.js'
import { abandon, pursue } from './pursue.js'
import type { ReplicaId } from './record.js'

/** What a voter answers: protocol §4 and §5, the acceptor's half. Every answer that reports state waits for its write. */

export const onPreAccept = (epoch: Epoch, from: number, message: PreAccept): void => {
  const instance = epoch.rows.at(message.instance)
  if (answeredCommitted(epoch, from, instance)) return
  if (instance.ballot > 0) return nack(epoch, from, instance)
  if (instance.phase === 'none') {
    instance.value = instance.initValue = message.value
    instance.initDeps = message.deps
    instance.deps = union(message.deps, epoch.conflicts.take(instance.id, message.value))
    instance.phase = 'pre-accepted'
    epoch.stored(instance)
  }
  // A repeat is answered only while nothing else has been accepted [H27].
  if (instance.phase !== 'pre-accepted' || instance.deps === undefined) return nack(epoch, from, instance)
  epoch.outbox.report(instance, epoch.voter(from), {
    kind: 'pre-accept-ok',
    epoch: epoch.number,
    instance: instance.id,
    deps: instance.deps,
  })
}

export const onAccept = (epoch: Epoch, from: number, message: Accept): void => {
  const instance = epoch.rows.at(message.instance)
  if (answeredCommitted(epoch, from, instance)) return
  if (instance.ballot > message.ballot) return nack(epoch, from, instance)
  // A repeat carries the same value: one owner, one value per ballot.
  if (instance.phase !== 'accepted' || instance.votedBallot !== message.ballot) {
    promise(epoch, instance, message.ballot)
    instance.votedBallot = message.ballot
    epoch.hold(instance, held(instance, message.value))
    instance.deps = message.deps
    instance.phase = 'accepted'
    epoch.stored(instance)
  }
  epoch.outbox.report(instance, epoch.voter(from), {
    kind: 'accept-ok',
    epoch: epoch.number,
    instance: instance.id,
    ballot: message.ballot,
  })
}

export const onRecover = (epoch: Epoch, from: number, { slot, from: first, to, ballot }: Recover): void => {
  for (let number = first; number <= to; number++) answerRecover(epoch, from, epoch.rows.at({ slot, number }), ballot)
}

const answerRecover = (epoch: Epoch, from: number, instance: Instance, ballot: Ballot): void => {
  // A committed instance is reported at any ballot. A repeat of the ballot promised gets its answer again.
  if (!instance.committed) {
    if (instance.ballot > ballot) return nack(epoch, from, instance)
    if (instance.ballot < ballot) {
      // Also for an instance never seen: its late PreAccept must find the promise [H11].
      promise(epoch, instance, ballot)
      epoch.outbox.touch(instance)
    }
  }
  epoch.outbox.report(instance, epoch.voter(from), recoverOk(epoch, instance, ballot))
}

const recoverOk = (epoch: Epoch, instance: Instance, ballot: number): RecoverOk => {
  const { id, phase, votedBallot, value, deps, initDeps } = instance
  const known = phase !== 'none'
  return {
    kind: 'recover-ok',
    epoch: epoch.number,
    instance: id,
    ballot,
    votedBallot,
    phase,
    value: known ? value : undefined,
    deps: known ? deps : undefined,
    initDeps: known ? initDeps : undefined,
  }
}

export const onValidate = (epoch: Epoch, from: number, message: Validate): void => {
  const instance = epoch.rows.at(message.instance)
  if (answeredCommitted(epoch, from, instance)) return
  if (instance.ballot > message.ballot) return nack(epoch, from, instance)
  // Only with its own promise, and only before its own Accept: a repeat must not undo what was accepted [H13].
  if (instance.ballot !== message.ballot || instance.votedBallot >= message.ballot) return
  instance.initValue = held(instance, message.value)
  epoch.hold(instance, instance.initValue)
  instance.initDeps = message.deps
  epoch.stored(instance)
  const conflicts = conflictsOf(epoch, instance, message)
  // More than can be told. They are open, so that there will be fewer when it is asked again.
  if (conflicts.length > MAX_CONFLICTS) return
  // After the write, whatever was durable before: it may show a commit of an own instance that is being written.
  epoch.outbox.sendAfterWrite(epoch.voter(from), {
    kind: 'validate-ok',
    epoch: epoch.number,
    instance: instance.id,
    ballot: message.ballot,
    conflicts,
  })
}

/**
 * §5, step 4: instances beyond the dependencies that may have been committed without this one among theirs.
 * A committed one decides the recovery by itself, so that it is told alone, and the answer stays small. Only up to the
 * newest that interferes: all else of a row, however long it has grown, is no conflict.
 */
const conflictsOf = (epoch: Epoch, instance: Instance, { value, deps }: Validate): Conflict[] => {
  const conflicts: Conflict[] = []
  const newest = epoch.conflicts.newest(instance.id, value)
  for (let slot = 0; slot < deps.length; slot++) {
    // Its coordinator knew its own row when it proposed: what is lower is covered, what is higher covers this one.
    if (slot === instance.id.slot) continue
    const beyond = (deps[slot] as number) + 1
    for (const other of epoch.rows.between(slot, beyond, newest[slot] as number)) {
      if (!mayPrecede(instance, value, other)) continue
      if (other.committed) return [{ ...other.id, committed: true }]
      conflicts.push({ ...other.id, committed: false })
    }
  }
  return conflicts
}

const mayPrecede = (instance: Instance, value: Value, other: Instance): boolean => {
  const theirs = other.committed ? other.value : other.initValue
  const theirDeps = other.committed ? other.deps : other.initDeps
  if (theirs === undefined || theirDeps === undefined || theirs.kind === 'noop') return false
  return valuesInterfere(theirs, value) && !covers(theirDeps, instance.id)
}

/** A commit is taken at any ballot; the first one stands [H4]. */
export const onCommit = (epoch: Epoch, from: ReplicaId, message: Commit): void => {
  const instance = epoch.rows.at(message.instance)
  const value = message.value ?? commandOf(instance)
  if (value === undefined) {
    // The command was left out, and its PreAccept was lost [H8].
    epoch.outbox.send(from, {
      kind: 'fetch',
      epoch: epoch.number,
      slot: instance.id.slot,
      from: instance.id.number,
      to: instance.id.number,
    })
    return
  }
  commit(epoch, instance, held(instance, value), message.deps, 'told')
}

/** An instance has one command for ever: the initial coordinator wrote it down before anyone heard of it [H5]. */
const commandOf = ({ initValue, value }: Instance): Value | undefined =>
  initValue ?? (value?.kind === 'noop' ? undefined : value)

/** The command held already where it is the same one, so that it is kept, and later written, once. */
const held = (instance: Instance, value: Value): Value => {
  const own = commandOf(instance)
  return own !== undefined && valuesEqual(own, value) ? own : value
}

/** Raises the promise; whatever was led here at a lower ballot is over. */
const promise = (epoch: Epoch, instance: Instance, ballot: number): void => {
  instance.ballot = ballot
  if (instance.round !== undefined && instance.round.ballot < ballot) {
    abandon(instance)
    pursue(epoch, instance)
  }
}

/** Whether the question is settled: by silence, or by telling the commit. */
const answeredCommitted = (epoch: Epoch, from: number, instance: Instance): boolean => {
  if (!instance.committed) return false
  if (instance.learned && from !== epoch.me) tellCommit(epoch, [epoch.voter(from)], instance)
  return true
}

const nack = (epoch: Epoch, from: number, instance: Instance): void => {
  epoch.outbox.report(instance, epoch.voter(from), {
    kind: 'nack',
    epoch: epoch.number,
    instance: instance.id,
    ballot: instance.ballot,
  })
}

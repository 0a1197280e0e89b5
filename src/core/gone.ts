import type { Epoch } from './epoch.js'
import type { Gone, Message } from './message.js'
import type { ReplicaId } from './record.js'

/**
 * What is left of a message once that is taken off which is about instances dropped here; undefined for nothing. Who asks
 * about them is told that they are gone, never "none" [H20]: everybody has executed them.
 */
export const aboveFloor = (epoch: Epoch, from: ReplicaId, message: Message): Message | undefined => {
  const { dropped } = epoch.rows
  if (message.kind === 'recover' || message.kind === 'fetch') {
    const upTo = dropped[message.slot] as number
    if (message.from > upTo) return message
    tellGone(epoch, from, message.slot)
    return message.to > upTo ? { ...message, from: upTo + 1 } : undefined
  }
  if (!('instance' in message) || message.instance.number > (dropped[message.instance.slot] as number)) return message
  if (asks(message)) tellGone(epoch, from, message.instance.slot)
  return undefined
}

const asks = ({ kind }: Message): boolean => kind === 'pre-accept' || kind === 'accept' || kind === 'validate'

const tellGone = (epoch: Epoch, to: ReplicaId, slot: number): void => {
  // What an observer has forgotten says nothing of the others.
  if (epoch.me < 0) return
  const upTo = epoch.rows.dropped[slot] as number
  epoch.outbox.send(to, { kind: 'gone', epoch: epoch.number, slot, upTo })
}

/**
 * Somebody has dropped that: every voter has durably executed it. Who has not is an observer that was away for long, and
 * needs a snapshot; or a voter that has forgotten what it did, and must not go on.
 * @param executed up to where everything of that row was executed here
 */
export const onGone = (epoch: Epoch, from: ReplicaId, { slot, upTo }: Gone, executed: number): void => {
  if (executed >= upTo) return
  if (epoch.voting) {
    epoch.doubt =
      `row ${slot} is executed here up to ${executed}, and others have dropped it up to ${upTo}, ` +
      'which this replica must have executed durably: its storage is older than its word'
  } else epoch.lost ??= { from, configuration: epoch.configuration }
}

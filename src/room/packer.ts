import { type Envelope, type Message, type ReplicaId, valueBytes } from '../core/index.js'
import { MAX_MESSAGES_PER_PACKET } from '../wire/index.js'

/** A packet is sent off when it has grown to this: small enough not to hold up the next, large enough to be few. */
const FULL_PACKET_BYTES = 128 << 10

/** Kind, epoch, instance or stretch, and ballots, at their longest. */
const MESSAGE_BYTES = 64
/** A number of a dependency vector, at its longest. */
const DEP_BYTES = 9
/** Slot, number and flag, in an array. */
const CONFLICT_BYTES = 12

/** Puts what leaves in one turn into as few packets per peer as fit. Only a message by itself may make a larger one. */
export const pack = (
  envelopes: readonly Envelope[],
  send: (to: ReplicaId, messages: readonly Message[]) => void,
): void => {
  const open = new Map<ReplicaId, { messages: Message[]; bytes: number }>()
  for (const { to, message } of envelopes) {
    const bytes = messageBytes(message)
    let packet = open.get(to)
    if (
      packet !== undefined &&
      (packet.bytes + bytes > FULL_PACKET_BYTES || packet.messages.length === MAX_MESSAGES_PER_PACKET)
    ) {
      send(to, packet.messages)
      packet = undefined
    }
    if (packet === undefined) {
      packet = { messages: [], bytes: 0 }
      open.set(to, packet)
    }
    packet.messages.push(message)
    packet.bytes += bytes
  }
  for (const [to, { messages }] of open) send(to, messages)
}

/** About what a message takes, in bytes: whatever in it can grow is counted. */
const messageBytes = (message: Message): number => {
  let bytes = MESSAGE_BYTES
  if ('value' in message) bytes += valueBytes(message.value)
  if ('deps' in message) bytes += DEP_BYTES * (message.deps?.length ?? 0)
  if ('initDeps' in message) bytes += DEP_BYTES * (message.initDeps?.length ?? 0)
  if ('conflicts' in message) bytes += CONFLICT_BYTES * message.conflicts.length
  return bytes
}

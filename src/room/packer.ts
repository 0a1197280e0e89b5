import { commandBytes, MAX_VOTERS, type ReplicaId, valueBytes } from '../core/index.js'
import type { MemberEnvelope, MemberMessage } from '../member/index.js'
import { MAX_MESSAGES_PER_PACKET } from '../wire/index.js'

/** A packet is sent off when it has grown to this: small enough not to hold up the next, large enough to be few. */
const FULL_PACKET_BYTES = 128 << 10

/** Kind, epoch, instance or stretch, and ballots, at their longest. */
const MESSAGE_BYTES = 64
/** A number of a dependency vector, or of another one per row, at its longest. */
const DEP_BYTES = 9
/** Slot, number and flag, in an array. */
const CONFLICT_BYTES = 12
/** Numbers, and as many ids as there can be. */
const CONFIGURATION_BYTES: number = MESSAGE_BYTES + MAX_VOTERS * 17
const PART_BYTES = 10
const CHECKSUM_BYTES = 5

/** Puts what leaves in one turn into as few packets per peer as fit. Only a message by itself may make a larger one. */
export const pack = (
  envelopes: readonly MemberEnvelope[],
  send: (to: ReplicaId, messages: readonly MemberMessage[]) => void,
): void => {
  const open = new Map<ReplicaId, { messages: MemberMessage[]; bytes: number }>()
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
const messageBytes = (message: MemberMessage): number => {
  let bytes = MESSAGE_BYTES
  if ('value' in message) bytes += valueBytes(message.value)
  if ('deps' in message) bytes += DEP_BYTES * (message.deps?.length ?? 0)
  if ('initDeps' in message) bytes += DEP_BYTES * (message.initDeps?.length ?? 0)
  if ('committed' in message) bytes += DEP_BYTES * (message.committed?.length ?? 0)
  if ('executed' in message) bytes += DEP_BYTES * message.executed.length
  if ('mark' in message) bytes += DEP_BYTES * message.mark.floor.length
  if ('conflicts' in message) bytes += CONFLICT_BYTES * message.conflicts.length
  if ('next' in message) bytes += CONFIGURATION_BYTES
  if ('command' in message) bytes += commandBytes(message.command)
  if ('parts' in message) bytes += message.parts.reduce((sum, [name]) => sum + PART_BYTES + 3 * name.length, 0)
  if ('bytes' in message) bytes += message.bytes.length
  if ('header' in message) {
    const { executed, checksums } = message.header
    const beyond = executed.beyond.reduce((sum, row) => sum + row.length, executed.frontier.length)
    bytes += CONFIGURATION_BYTES + DEP_BYTES * beyond + CHECKSUM_BYTES * checksums.length
  }
  return bytes
}

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

/**
 * Puts what leaves in one turn into as few packets per peer as fit, those with the same messages for several peers into
 * one for all of them. Only a message by itself may make a larger one.
 */
export const pack = (
  envelopes: readonly MemberEnvelope[],
  send: (to: readonly ReplicaId[], messages: readonly MemberMessage[]) => void,
): void => {
  const packets: Packet[] = []
  const open = new Map<ReplicaId, Packet>()
  for (const { to, message } of envelopes) {
    const bytes = messageBytes(message)
    let packet = open.get(to)
    if (
      packet === undefined ||
      packet.bytes + bytes > FULL_PACKET_BYTES ||
      packet.messages.length === MAX_MESSAGES_PER_PACKET
    ) {
      packet = { to: [to], messages: [], bytes: 0 }
      open.set(to, packet)
      packets.push(packet)
    }
    packet.messages.push(message)
    packet.bytes += bytes
  }
  for (const { to, messages } of open.size > 1 ? shared(packets) : packets) send(to, messages)
}

interface Packet {
  readonly to: ReplicaId[]
  readonly messages: MemberMessage[]
  bytes: number
}

/** What is said to several is the same object for each of them. */
const shared = (packets: readonly Packet[]): readonly Packet[] => {
  const firsts = new Map<MemberMessage, Packet[]>()
  const different: Packet[] = []
  for (const packet of packets) {
    const first = packet.messages[0] as MemberMessage
    const alike = firsts.get(first)
    const same = alike?.find((other) => isSame(other.messages, packet.messages))
    if (same !== undefined) {
      same.to.push(...packet.to)
      continue
    }
    different.push(packet)
    if (alike === undefined) firsts.set(first, [packet])
    else alike.push(packet)
  }
  return different
}

const isSame = (a: readonly MemberMessage[], b: readonly MemberMessage[]): boolean =>
  a.length === b.length && a.every((message, i) => message === b[i])

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

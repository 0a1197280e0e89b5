import type { InstanceRecord, Message } from '../core/index.js'
import { decodePacket, decodeRecords, encodePacket, encodeRecords } from '../wire/index.js'

/** How messages travel and records are kept: as the objects they are, or as bytes and back. */
export interface Medium {
  message(message: Message): Message
  records(records: readonly InstanceRecord[]): readonly InstanceRecord[]
}

/** As objects: core never changes what it has handed out. */
export const objects: Medium = { message: (message) => message, records: (records) => records }

/** Through the real codec, which must change nothing. Slower: for a share of the runs. */
export const bytes: Medium = {
  message(message) {
    const group = '0'.repeat(32)
    const packet = decodePacket(encodePacket({ kind: 'messages', group, incarnation: 1, messages: [message] }))
    const [read] = packet.kind === 'messages' ? packet.messages : []
    if (read === undefined) throw new Error('a packet of one message has come back without it')
    return read
  },
  records: (records) => decodeRecords(encodeRecords(records)),
}

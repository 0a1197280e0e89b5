import type { InstanceRecord, Message } from '../core/index.js'
import { decodeBatch, decodePacket, encodeBatch, encodePacket } from '../wire/index.js'

/** How messages travel and records are kept: as the objects they are, or as bytes and back. */
export interface Medium {
  message(message: Message): Message
  records(records: readonly InstanceRecord[]): readonly InstanceRecord[]
}

/** As objects: core never changes what it has handed out. */
export const objects: Medium = { message: (message) => message, records: (records) => records }

/** Whose they are matters to no run. */
const of = { group: '0'.repeat(32), incarnation: 1 }

/** Through the real codec, which must change nothing. Slower: for a share of the runs. */
export const bytes: Medium = {
  message(message) {
    const packet = decodePacket(encodePacket({ kind: 'messages', ...of, batches: 0, messages: [message] }))
    const [read] = packet.kind === 'messages' ? packet.messages : []
    if (read === undefined) throw new Error('a packet of one message has come back without it')
    return read
  },
  records: (records) => decodeBatch(encodeBatch({ ...of, records })).records,
}

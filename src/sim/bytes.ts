import type { FloorRecord, InstanceRecord } from '../core/index.js'
import type { KeptProposal, MemberMessage } from '../member/index.js'
import { decodeBatch, decodePacket, decodeProposal, encodeBatch, encodePacket, encodeProposal } from '../wire/index.js'

/** What a batch says of instances and of floors. */
export interface Written {
  readonly records: readonly InstanceRecord[]
  readonly floor: FloorRecord | undefined
}

/** How messages travel and records are kept: as the objects they are, or as bytes and back. */
export interface Medium {
  message<M extends MemberMessage>(message: M): M
  batch(written: Written): Written
  proposal(kept: KeptProposal): KeptProposal
}

/** As objects: core never changes what it has handed out. */
export const objects: Medium = { message: (message) => message, batch: (written) => written, proposal: (kept) => kept }

/** Whose they are matters to no run. */
const of = { group: '0'.repeat(32), incarnation: 1 }

/** Through the real codec, which must change nothing. Slower: for a share of the runs. */
export const bytes: Medium = {
  message<M extends MemberMessage>(message: M): M {
    const packet = decodePacket(encodePacket({ kind: 'messages', ...of, batches: 0, messages: [message] }))
    const [read] = packet.kind === 'messages' ? packet.messages : []
    if (read?.kind !== message.kind) throw new Error('a packet of one message has come back without it')
    return read as M
  },
  batch: (written) => decodeBatch(encodeBatch({ ...of, ...written, compacted: false })),
  proposal: (kept) => decodeProposal(encodeProposal(kept)),
}

import { type GroupId, MAX_VOTERS, type ReplicaId } from '../core/index.js'
import { fromCbor, toCbor } from './cbor.js'
import { type Codec, list, record, ruled } from './codec.js'
import { WireError } from './error.js'
import { MAX_PACKET_BYTES, MAX_PACKET_ITEMS } from './limits.js'
import { flag, id } from './scalar.js'
import { epoch } from './value.js'

/** The group a replica belongs to, written down before its first vote (protocol §6). */
export interface Membership {
  readonly group: GroupId
  readonly epoch: number
  /** The voters of that epoch, sorted, one to nine. */
  readonly voters: readonly ReplicaId[]
  /** True once every listed voter was seen bound to this very list: voting may begin. */
  readonly founded: boolean
}

export const membership: Codec<Membership> = ruled(
  record<Membership>({ group: id, epoch, voters: list(id, 1, MAX_VOTERS), founded: flag }),
  ({ voters }) => {
    if (voters.some((voter, slot) => slot > 0 && voter <= (voters[slot - 1] ?? voter))) {
      throw new WireError('rule', 'the voters are not sorted, or one of them is named twice', 'voters')
    }
  },
)

const limits = { bytes: MAX_PACKET_BYTES, items: MAX_PACKET_ITEMS }

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeMembership = (it: Membership): Uint8Array<ArrayBuffer> => toCbor(membership.encode(it), limits)

/** What `encodeMembership` wrote. Throws a `WireError`. */
export const decodeMembership = (bytes: Uint8Array): Membership => membership.decode(fromCbor(bytes, limits))

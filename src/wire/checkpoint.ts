import type { ExecutedSet, GroupId } from '../core/index.js'
import { fromCbor, toCbor } from './cbor.js'
import { list, record, ruled } from './codec.js'
import { WireError } from './error.js'
import { MAX_CHECKPOINT_CHUNKS, MAX_RECORDS_BYTES, MAX_RECORDS_ITEMS } from './limits.js'
import { id, integer } from './scalar.js'
import { deps, epoch, instanceNumber } from './value.js'

/** State and session table as they were when exactly these instances had been executed. */
export interface Checkpoint {
  readonly group: GroupId
  readonly epoch: number
  readonly executed: ExecutedSet
  /** Of at most 1 MiB each; what is in them is the state machine's own business. */
  readonly chunks: readonly Uint8Array[]
}

/** All of a checkpoint but its chunks, which are stored as they are, and how many of those there are. */
export type CheckpointHeader = Omit<Checkpoint, 'chunks'> & { readonly chunks: number }

const executed = ruled(
  record<ExecutedSet>({
    frontier: deps,
    beyond: list(list(instanceNumber, 0, MAX_RECORDS_ITEMS), 1, MAX_RECORDS_ITEMS),
  }),
  ({ frontier, beyond }) => {
    if (beyond.length !== frontier.length) {
      throw new WireError('rule', `${beyond.length} rows stand beside ${frontier.length}`, 'beyond')
    }
    for (const [row, upTo] of frontier.entries()) {
      let last = upTo + 1
      for (const number of beyond[row] ?? []) {
        if (number <= last) throw new WireError('rule', `${number} does not follow ${last}`, `beyond[${row}]`)
        last = number
      }
    }
  },
)

const header = record<CheckpointHeader>({ group: id, epoch, executed, chunks: integer(0, MAX_CHECKPOINT_CHUNKS) })
const limits = { bytes: MAX_RECORDS_BYTES, items: MAX_RECORDS_ITEMS }

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeCheckpointHeader = (it: CheckpointHeader): Uint8Array<ArrayBuffer> =>
  toCbor(header.encode(it), limits)

/** What `encodeCheckpointHeader` wrote. Throws a `WireError`. */
export const decodeCheckpointHeader = (bytes: Uint8Array): CheckpointHeader => header.decode(fromCbor(bytes, limits))

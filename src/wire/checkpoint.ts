import type { Configuration, ExecutedSet, GroupId } from '../core/index.js'
import { fromBytes, record, ruled, toBytes } from './codec.js'
import { configuration } from './configuration.js'
import { checkExecuted, executed } from './executed.js'
import { MAX_CHUNKS, MAX_RECORDS_BYTES, MAX_RECORDS_ITEMS } from './limits.js'
import { id, integer } from './scalar.js'

/** State and session table as they were when exactly these instances of this epoch had been executed. */
export interface Checkpoint {
  readonly group: GroupId
  readonly configuration: Configuration
  /** All zero: the start of the epoch. */
  readonly executed: ExecutedSet
  /** Of at most `MAX_CHUNK_BYTES` each; what is in them is the state machine's own business. */
  readonly chunks: readonly Uint8Array[]
}

/** All of a checkpoint but its chunks, which are stored as they are, and how many of those there are. */
export type CheckpointHeader = Omit<Checkpoint, 'chunks'> & { readonly chunks: number }

const header = ruled(
  record<CheckpointHeader>({ group: id, configuration, executed, chunks: integer(0, MAX_CHUNKS) }),
  checkExecuted,
)
const limits = { bytes: MAX_RECORDS_BYTES, items: MAX_RECORDS_ITEMS }

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeCheckpointHeader = (it: CheckpointHeader): Uint8Array<ArrayBuffer> => toBytes(header, it, limits)

/** What `encodeCheckpointHeader` wrote. Throws a `WireError`. */
export const decodeCheckpointHeader = (bytes: Uint8Array): CheckpointHeader => fromBytes(header, bytes, limits)

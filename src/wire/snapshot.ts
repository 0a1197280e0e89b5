import { MAX_WANTED_CHUNKS, type SnapshotHeader } from '../member/index.js'
import { type Codec, list, record, ruled } from './codec.js'
import { configuration } from './configuration.js'
import { WireError } from './error.js'
import { checkExecuted, executed } from './executed.js'
import { MAX_CHUNK_BYTES, MAX_CHUNKS } from './limits.js'
import { integer } from './scalar.js'

/** Its server's name for a snapshot, chosen as it likes. */
export const snapshot: Codec<number> = integer(0, Number.MAX_SAFE_INTEGER)
export const chunkIndex: Codec<number> = integer(0, MAX_CHUNKS - 1)

const crc32: Codec<number> = integer(0, 2 ** 32 - 1)

export const header: Codec<SnapshotHeader> = ruled(
  record<SnapshotHeader>({
    configuration,
    executed,
    bytes: integer(0, MAX_CHUNKS * MAX_CHUNK_BYTES),
    checksums: list(crc32, 0, MAX_CHUNKS),
  }),
  (it) => {
    checkExecuted(it)
    if (it.bytes > it.checksums.length * MAX_CHUNK_BYTES) {
      throw new WireError('rule', `${it.bytes} bytes do not fit in ${it.checksums.length} chunks`, 'bytes')
    }
  },
)

export const checkWanted = ({ from, to }: { readonly from: number; readonly to: number }): void => {
  if (to < from || to - from >= MAX_WANTED_CHUNKS) {
    throw new WireError('rule', `${from} to ${to} are not 1 to ${MAX_WANTED_CHUNKS} chunks`)
  }
}

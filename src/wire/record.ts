import type { FloorRecord, GroupId, InstanceRecord, Value } from '../core/index.js'
import { fromCbor, toCbor } from './cbor.js'
import { type Codec, list, optional, record, ruled } from './codec.js'
import { epoch } from './configuration.js'
import { MAX_NUMBER, MAX_RECORDS_BYTES, MAX_RECORDS_ITEMS } from './limits.js'
import { checkHeld, checkVote, phase } from './phase.js'
import { ballot, flag, id, integer } from './scalar.js'
import { checkLengths, deps, incarnation, instance, value } from './value.js'

/** Records that become durable together, and whose they are. */
export interface RecordBatch {
  readonly group: GroupId
  /** The life of the replica that wrote them: how often it was started, that start included. */
  readonly incarnation: number
  readonly records: readonly InstanceRecord[]
  readonly floor: FloorRecord | undefined
  /** All that there is to remember is in it: no batch before it is needed any more. */
  readonly compacted: boolean
}

/** Stands for an initial value that is the very object held as the value: it is written once. */
const SAME = 'same'

type Written = Omit<InstanceRecord, 'initValue'> & { initValue: Value | typeof SAME | undefined }

const written = ruled<Written>(
  record<Written>({
    epoch,
    instance,
    phase,
    value: optional(value),
    deps: optional(deps),
    initValue: optional<Value | typeof SAME>({
      encode: (it) => (it === SAME ? true : value.encode(it)),
      decode: (raw) => (raw === true ? SAME : value.decode(raw)),
    }),
    initDeps: optional(deps),
    ballot,
    votedBallot: ballot,
  }),
  (it) => {
    checkHeld(it)
    checkVote(it)
    checkLengths(it.deps, it.initDeps)
  },
)

const instanceRecord: Codec<InstanceRecord> = {
  encode: (it) =>
    written.encode({ ...it, initValue: it.initValue !== undefined && it.initValue === it.value ? SAME : it.initValue }),
  decode(raw) {
    const it = written.decode(raw)
    if (it.initValue === SAME) it.initValue = it.value
    return it as InstanceRecord
  },
}

const floor = ruled(
  record<FloorRecord>({ epoch, stable: deps, last: integer(0, MAX_NUMBER), drop: deps }),
  ({ stable, drop }) => checkLengths(stable, drop),
)

const recordBatch = record<RecordBatch>({
  group: id,
  incarnation,
  records: list(instanceRecord, 0, MAX_RECORDS_ITEMS),
  floor: optional(floor),
  compacted: flag,
})
const limits = { bytes: MAX_RECORDS_BYTES, items: MAX_RECORDS_ITEMS }

/** As bytes in a buffer of their own. Throws a `WireError` when it breaks a limit. */
export const encodeBatch = (batch: RecordBatch): Uint8Array<ArrayBuffer> => toCbor(recordBatch.encode(batch), limits)

/** What `encodeBatch` wrote; nothing in it shares memory with `bytes`. Throws a `WireError`. */
export const decodeBatch = (bytes: Uint8Array): RecordBatch => recordBatch.decode(fromCbor(bytes, limits))

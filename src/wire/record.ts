import type { FloorRecord, GroupId, InstanceRecord } from '../core/index.js'
import { type Codec, expectItems, fromBytes, list, optional, record, ruled, toBytes, within } from './codec.js'
import { checkLengths, deps, epoch, readAbout, writeAbout } from './instance.js'
import { MAX_NUMBER, MAX_RECORDS_BYTES, MAX_RECORDS_ITEMS } from './limits.js'
import { checkHeld, checkVote, phase } from './phase.js'
import type { Reader } from './reader.js'
import { ballot, flag, id, integer } from './scalar.js'
import { incarnation } from './start.js'
import { value } from './value.js'

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

const heldValue = optional(value)
const heldDeps = optional(deps)

/** Items of a record: its instance, and the fields of that. */
const ITEMS = 8

const check = (it: InstanceRecord): void => {
  checkHeld(it)
  checkVote(it)
  checkLengths(it.deps, it.initDeps)
}

/** An initial value that is the very object held as the value is written once: as true. */
const instanceRecord: Codec<InstanceRecord> = {
  write(to, it) {
    check(it)
    let field = 'instance'
    try {
      to.array(ITEMS)
      writeAbout(to, it)
      field = 'phase'
      phase.write(to, it.phase)
      field = 'value'
      heldValue.write(to, it.value)
      field = 'deps'
      heldDeps.write(to, it.deps)
      field = 'initValue'
      if (it.initValue !== undefined && it.initValue === it.value) to.flag(true)
      else heldValue.write(to, it.initValue)
      field = 'initDeps'
      heldDeps.write(to, it.initDeps)
      field = 'ballot'
      ballot.write(to, it.ballot)
      field = 'votedBallot'
      ballot.write(to, it.votedBallot)
    } catch (error) {
      throw within(error, field)
    }
  },
  read(from) {
    expectItems(from.array(), ITEMS)
    const it = fieldsIn(from)
    check(it)
    return it
  },
}

const fieldsIn = (from: Reader): InstanceRecord => {
  let field = 'instance'
  try {
    const instance = readAbout(from)
    const { epoch } = from.told
    field = 'phase'
    const itsPhase = phase.read(from)
    field = 'value'
    const itsValue = heldValue.read(from)
    field = 'deps'
    const itsDeps = heldDeps.read(from)
    field = 'initValue'
    const initValue = from.true() ? itsValue : heldValue.read(from)
    field = 'initDeps'
    const initDeps = heldDeps.read(from)
    field = 'ballot'
    const promised = ballot.read(from)
    field = 'votedBallot'
    const voted = ballot.read(from)
    return {
      epoch,
      instance,
      phase: itsPhase,
      value: itsValue,
      deps: itsDeps,
      initValue,
      initDeps,
      ballot: promised,
      votedBallot: voted,
    }
  } catch (error) {
    throw within(error, field)
  }
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
export const encodeBatch = (batch: RecordBatch): Uint8Array<ArrayBuffer> => toBytes(recordBatch, batch, limits)

/** What `encodeBatch` wrote; nothing in it shares memory with `bytes`. Throws a `WireError`. */
export const decodeBatch = (bytes: Uint8Array): RecordBatch => fromBytes(recordBatch, bytes, limits)

import type { FloorRecord, GroupId, InstanceRecord } from '../core/index.js'
import { Encoding, type KeptSnapshot, type KnownLife } from '../member/index.js'
import { type Loaded, type Storage, StorageCorrupt } from '../storage/index.js'
import type { Checkpoint } from '../wire/index.js'
import { Unsupported } from './errors.js'

/** What earlier lives of a replica have left behind. */
export interface Stored {
  readonly lives: readonly KnownLife[]
  /** Undefined: it never had any state. */
  readonly checkpoint: Checkpoint | undefined
  /** The start of that epoch, where others may need it still. */
  readonly cut: Checkpoint | undefined
  /** Of that epoch. To be gone through once: what a replica knows of its instances it holds, though not as records. */
  readonly records: Iterable<InstanceRecord>
  /** The newest of that epoch. */
  readonly floor: FloorRecord | undefined
  /** The number of the last batch that was ever written. */
  readonly batches: number
}

/** @throws Unsupported for what belongs to another group; StorageCorrupt */
export const readStored = async (
  { loaded, storage }: { readonly loaded: Loaded; readonly storage: Storage },
  group: GroupId,
): Promise<Stored> => {
  const nothing = { lives: [], checkpoint: undefined, cut: undefined, records: [], floor: undefined, batches: 0 }
  if (loaded.fresh) return nothing
  const check = (it: { readonly group: GroupId }): void => {
    if (it.group !== group) throw new Unsupported(`this storage is of group ${group}, and holds what is of ${it.group}`)
  }
  const checkpoint = await loaded.readCheckpoint()
  // Who has no state has nothing to write down.
  if (checkpoint === undefined && loaded.lastBatch > 0) throw new StorageCorrupt('missing', 'checkpoint')
  const epoch = checkpoint?.configuration.number
  const cut = await storage.readCut()
  for (const it of [checkpoint, cut]) if (it !== undefined) check(it)
  // Of each instance the newest only: what is older is garbage at once.
  const newest = new Map<number, Map<number, InstanceRecord>>()
  let floor: FloorRecord | undefined
  for await (const batch of loaded.batches) {
    check(batch)
    // Of the next one something may have been heard before its start was durable.
    for (const record of batch.records) if (record.epoch === epoch) put(newest, record)
    if (batch.floor?.epoch === epoch) floor = batch.floor
  }
  return {
    lives: loaded.lives,
    checkpoint,
    cut: cut?.configuration.number === epoch ? cut : undefined,
    records: released(newest),
    floor,
    batches: loaded.lastBatch,
  }
}

const put = (rows: Map<number, Map<number, InstanceRecord>>, record: InstanceRecord): void => {
  const { slot, number } = record.instance
  const row = rows.get(slot) ?? new Map<number, InstanceRecord>()
  row.set(number, record)
  rows.set(slot, row)
}

/** Lets go of them as they are read, whoever keeps hold of the iterable. */
function* released(rows: Map<number, Map<number, InstanceRecord>>): Generator<InstanceRecord> {
  for (const row of rows.values()) {
    yield* row.values()
    row.clear()
  }
}

/** A checkpoint as others can get it. */
export const keptOf = ({ configuration, executed, chunks }: Checkpoint): KeptSnapshot => {
  const kept = new Encoding(configuration, executed, chunks)
  kept.advance(Number.POSITIVE_INFINITY)
  return kept
}

import type { GroupId, InstanceRecord } from '../core/index.js'
import type { KnownLife } from '../member/index.js'
import type { Loaded } from '../storage/index.js'
import type { Checkpoint, Membership } from '../wire/index.js'
import { Unsupported } from './errors.js'

/** What earlier lives of a replica have left behind. */
export interface Stored {
  readonly membership: Membership | undefined
  readonly lives: readonly KnownLife[]
  readonly checkpoint: Checkpoint | undefined
  /** All of them: what a replica knows of its instances is held in memory anyway, though not as records. */
  readonly records: readonly InstanceRecord[]
  /** How many batches they came in. */
  readonly batches: number
}

/** @throws Unsupported for what belongs to another group than the membership; StorageCorrupt */
export const readStored = async (loaded: Loaded): Promise<Stored> => {
  const records: InstanceRecord[] = []
  let batches = 0
  if (loaded.fresh) return { membership: undefined, lives: [], checkpoint: undefined, records, batches }
  const { membership, lives, checkpoint } = loaded
  const check = (group: GroupId): void => {
    if (group === membership?.group) return
    throw new Unsupported(`this storage holds what belongs to group ${group}, and is bound to ${membership?.group}`)
  }
  if (checkpoint !== undefined) check(checkpoint.group)
  for await (const batch of loaded.batches) {
    check(batch.group)
    batches++
    for (const record of batch.records) records.push(record)
  }
  return { membership, lives, checkpoint, records, batches }
}

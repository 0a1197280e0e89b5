import { type CellKey, Log, type Storage, StorageCorrupt } from '../../../src/storage/index.js'
import { Disk } from '../../../src/storage/stage.js'
import { toStored } from '../../../src/storage/stored.js'
import {
  batchOf,
  checkpointOf,
  compactedOf,
  cutOf,
  firstLife,
  placedOf,
  proposalOf,
  recordOf,
} from '../../../src/testing/storage/samples.js'
import { damaged } from '../bytes.js'
import type { Dice } from '../dice.js'
import { joinSteps, stepsIn } from '../sources.js'
import type { Target } from '../target.js'

const HEADER_BYTES = 5
const MOST_DAMAGED = 3
/** In place of what is held: nothing. */
const MISSING = 255

/** All kinds of cells that there are. */
const written = async (): Promise<ReadonlyMap<CellKey, Uint8Array>> => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await log.writeStart(firstLife)
  await log.readProposals()
  await log.writeKeys(new Uint8Array(300))
  await log.write(batchOf(recordOf(1)))
  await log.write(compactedOf(recordOf(1), recordOf(2)), [
    { replica: 'b'.repeat(32), start: firstLife.start, batches: 1 },
  ])
  await log.write(batchOf(recordOf(3)))
  const chunks = [new Uint8Array(50), new Uint8Array(60)]
  await log.writeCheckpoint(cutOf(2, chunks), true)
  await log.write(batchOf(recordOf(4)))
  await log.writeCheckpoint(checkpointOf(1, chunks), false)
  await log.writeProposals([proposalOf(1), placedOf(2, 7), proposalOf(3)], [])
  await log.close()
  return disk.held as ReadonlyMap<CellKey, Uint8Array>
}

const cells = await written()
const keys = [...cells.keys()]

const source = (dice: Dice): Uint8Array =>
  joinSteps(
    Array.from({ length: 1 + dice.below(MOST_DAMAGED) }, () => {
      const what = dice.below(keys.length)
      const key = keys[what] as CellKey
      const held = cells.get(key) as Uint8Array
      const other = cells.get(dice.of(keys)) as Uint8Array
      if (dice.onceIn(10)) return { what: MISSING, bytes: Uint8Array.of(what) }
      const hostile = dice.onceIn(10) ? other : damaged(dice, held, other)
      // With a checksum that fits, where there is none by chance.
      return { what, bytes: dice.onceIn(2) ? toStored(key, hostile.subarray(HEADER_BYTES)) : hostile }
    }),
  )

/** Rejects with nothing but that something can't be trusted. */
const readAll = async (storage: Storage): Promise<void> => {
  try {
    const loaded = await storage.load()
    if (!loaded.fresh) {
      await loaded.readCheckpoint()
      await storage.readCut()
      for await (const _ of loaded.batches);
    }
    await storage.readKeys()
    await storage.readProposals()
  } catch (error) {
    if (!(error instanceof StorageCorrupt)) throw error
    await storage.salvageProposals()
  }
}

/** A database whose disk, or whose owner, has changed what is in it. */
export const log: Target = {
  name: 'stored-log',
  share: 3,
  source: () => source,
  subject: () => async (input) => {
    const held = new Map<CellKey, unknown>(cells)
    for (const { what, bytes } of stepsIn(input)) {
      const key = keys[(what === MISSING ? (bytes[0] ?? 0) : what) % keys.length] as CellKey
      if (what === MISSING) held.delete(key)
      else held.set(key, bytes)
    }
    await readAll(new Log(new Disk(held)))
  },
}

import type { InstanceRecord } from '../../core/index.js'
import type { Checkpoint, RecordBatch } from '../../wire/index.js'
import {
  A,
  asBytes,
  B,
  batchesOf,
  batchOf,
  type ContractCase,
  checkpointOf,
  configuration,
  group,
  isSame,
  type Kept,
  loadKept,
  must,
  mustReject,
  opened,
  recordOf,
  secondLife,
  startOf,
} from '../contract-cases.js'

/** Test equipment: more of what every durable adapter must do, about what takes the place of what was written before. */

/** The start of an epoch. */
const cutOf = (number: number, chunks: readonly Uint8Array[]): Checkpoint => ({
  group,
  configuration: { ...configuration, number },
  executed: { frontier: [0, 0], beyond: [[], []] },
  chunks,
})

/** All that there is to remember, with a floor. */
const compactedOf = (...records: InstanceRecord[]): RecordBatch => ({
  ...batchOf(...records),
  floor: { epoch: 0, stable: [3], last: 4, drop: [2] },
  compacted: true,
})

const areBatches = async (kept: Kept, ...expected: RecordBatch[]): Promise<boolean> =>
  (await batchesOf(kept)).join('|') === expected.map(asBytes).join('|')

export const compactionCases: readonly ContractCase[] = [
  {
    behaviour: 'a batch that is compacted takes the place of all before it, whose numbers are not used again',
    async run(factory, room) {
      const first = await opened(factory, room)
      for (const number of [1, 2, 3]) await first.write(batchOf(recordOf(number)))
      // In one turn: some before it, and one after.
      await Promise.all([
        first.write(batchOf(recordOf(4))),
        first.write(compactedOf(recordOf(3)), [{ replica: B, start: startOf(1), batches: 1 }]),
        first.write(batchOf(recordOf(5))),
      ])
      await first.close()

      const second = await factory.open(room, A)
      const kept = await loadKept(second)
      must(kept.lastBatch === 6, 'batches that are gone are counted')
      must(kept.lives.length === 1, 'what was written with it is kept')
      must(await areBatches(kept, compactedOf(recordOf(3)), batchOf(recordOf(5))), 'it, and what came later, are kept')
      await second.writeStart(secondLife)
      await second.write(compactedOf())
      await second.write(compactedOf())
      await second.close()

      const third = await factory.open(room, A)
      const again = await loadKept(third)
      must(again.lastBatch === 8, 'the numbers go on')
      must(await areBatches(again, compactedOf()), 'the last one is kept')
      await third.close()
    },
  },
  {
    behaviour: 'a cut takes the place of all batches before it, whose numbers are not used again',
    async run(factory, room) {
      const first = await opened(factory, room)
      for (const number of [1, 2]) await first.write(batchOf(recordOf(number)))
      await Promise.all([first.write(batchOf(recordOf(3))), first.writeCheckpoint(cutOf(1, [Uint8Array.of(1)]), true)])
      await first.close()

      const second = await factory.open(room, A)
      const kept = await loadKept(second)
      must(kept.lastBatch === 3 && (await areBatches(kept)), 'batches that are gone are counted')
      must(isSame(await kept.readCheckpoint(), cutOf(1, [Uint8Array.of(1)])), 'it is the newest checkpoint')
      await second.writeStart(secondLife)
      await second.write(batchOf(recordOf(4)))
      await second.close()

      const third = await factory.open(room, A)
      const again = await loadKept(third)
      must(again.lastBatch === 4 && (await areBatches(again, batchOf(recordOf(4)))), 'the numbers go on')
      await third.close()
    },
  },
  {
    behaviour: 'a cut is kept beside later checkpoints, until it is dropped or the next one comes',
    async run(factory, room) {
      const chunks = (...fills: number[]) => fills.map((fill) => new Uint8Array(500).fill(fill))
      const storage = await opened(factory, room)
      const written = storage.writeCheckpoint(cutOf(3, chunks(1, 2)), true)
      must(isSame(await storage.readCut(), cutOf(3, chunks(1, 2))), 'it is read once it is there')
      await written
      await storage.writeCheckpoint(checkpointOf(1, chunks(3)), false)
      await storage.writeCheckpoint(checkpointOf(2, chunks(4, 5, 6)), false)
      must(isSame(await storage.readCut(), cutOf(3, chunks(1, 2))), 'later checkpoints leave it alone')
      await storage.close()

      const second = await factory.open(room, A)
      const kept = await loadKept(second)
      must(isSame(await kept.readCheckpoint(), checkpointOf(2, chunks(4, 5, 6))), 'the newest one is another')
      must(isSame(await second.readCut(), cutOf(3, chunks(1, 2))), 'the cut is kept')
      await second.writeStart(secondLife)
      const read = second.readCut()
      const next = second.writeCheckpoint(cutOf(4, chunks(7, 8, 9)), true)
      must(isSame(await read, cutOf(4, chunks(7, 8, 9))), 'one that is replaced while it is read is not told')
      await next
      await second.close()

      const third = await factory.open(room, A)
      must(isSame(await (await loadKept(third)).readCheckpoint(), cutOf(4, chunks(7, 8, 9))), 'the next cut is both')
      must(isSame(await third.readCut(), cutOf(4, chunks(7, 8, 9))), 'the next cut is the cut')
      await third.writeStart(secondLife)
      await third.dropCut()
      await third.close()

      const fourth = await factory.open(room, A)
      must(
        isSame(await (await loadKept(fourth)).readCheckpoint(), cutOf(4, chunks(7, 8, 9))),
        'a cut that was dropped is the newest checkpoint still',
      )
      must((await fourth.readCut()) === undefined, 'and no cut any more')
      await fourth.close()
    },
  },
  {
    behaviour: 'a second live copy is noticed, also where what it would write over was deleted [H14]',
    async run(factory, room) {
      const first = await opened(factory, room)
      const copies = [await factory.open(room, A), await factory.open(room, A)] as const
      for (const copy of copies) must(!(await copy.load()).fresh, 'it has started')
      for (const number of [1, 2]) await first.write(batchOf(recordOf(number)))
      await mustReject(copies[0].write(batchOf(recordOf(1))), 'shared')
      await first.write(compactedOf())
      await mustReject(copies[1].write(batchOf(recordOf(1))), 'shared')
      for (const storage of [first, ...copies]) await storage.close()
      const again = await factory.open(room, A)
      must(await areBatches(await loadKept(again), compactedOf()), 'nothing of theirs was written')
      await again.close()
    },
  },
]

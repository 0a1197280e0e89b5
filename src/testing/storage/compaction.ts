import { mustBe, mustReject } from '../contract-broken.js'
import { mustHold, refusal, type StorageCase } from './ground.js'
import { B, batchOf, checkpointOf, compactedOf, cutOf, recordOf, secondLife, startOf } from './samples.js'

const chunksOf = (...fills: number[]): Uint8Array[] => fills.map((fill) => new Uint8Array(500).fill(fill))

/** For storages that outlive the process: what takes the place of what was written before. */
export const compaction: readonly StorageCase[] = [
  {
    name: 'a batch that is compacted takes the place of all before it, whose numbers are not used again',
    async run(ground) {
      const first = await ground.start()
      for (const number of [1, 2, 3]) await first.write(batchOf(recordOf(number)))
      // In one turn: some before it, and one after.
      await Promise.all([
        first.write(batchOf(recordOf(4))),
        first.write(compactedOf(recordOf(3)), [{ replica: B, start: startOf(1), batches: 1 }]),
        first.write(batchOf(recordOf(5))),
      ])
      await first.close()

      const { storage: second, kept } = await ground.resume()
      mustBe(kept.lastBatch, 6, 'batches that are gone are counted')
      mustBe(kept.lives.length, 1, 'what was written with it is kept')
      await mustHold(kept, [compactedOf(recordOf(3)), batchOf(recordOf(5))], 'it, and what came later, are kept')
      await second.writeStart(secondLife)
      await second.write(compactedOf())
      await second.write(compactedOf())
      await second.close()

      await ground.look(async (again) => {
        mustBe(again.lastBatch, 8, 'the numbers go on')
        await mustHold(again, [compactedOf()], 'the last one is kept')
      })
    },
  },
  {
    name: 'a cut takes the place of all batches before it, whose numbers are not used again',
    async run(ground) {
      const first = await ground.start()
      const cut = cutOf(1, [Uint8Array.of(1)])
      for (const number of [1, 2]) await first.write(batchOf(recordOf(number)))
      await Promise.all([first.write(batchOf(recordOf(3))), first.writeCheckpoint(cut, true)])
      await first.close()

      const { storage: second, kept } = await ground.resume()
      mustBe(kept.lastBatch, 3, 'batches that are gone are counted')
      await mustHold(kept, [], 'no batch before it is left')
      mustBe(await kept.readCheckpoint(), cut, 'it is the newest checkpoint')
      await second.writeStart(secondLife)
      await second.write(batchOf(recordOf(4)))
      await second.close()

      await ground.look(async (again) => {
        mustBe(again.lastBatch, 4, 'the numbers go on')
        await mustHold(again, [batchOf(recordOf(4))], 'what comes later is kept')
      })
    },
  },
  {
    name: 'a cut is kept beside later checkpoints, until it is dropped or the next one comes',
    async run(ground) {
      const [cut, next] = [cutOf(3, chunksOf(1, 2)), cutOf(4, chunksOf(7, 8, 9))]
      const newest = checkpointOf(2, chunksOf(4, 5, 6))
      const first = await ground.start()
      const written = first.writeCheckpoint(cut, true)
      mustBe(await first.readCut(), cut, 'it is read once it is there')
      await written
      await first.writeCheckpoint(checkpointOf(1, chunksOf(3)), false)
      await first.writeCheckpoint(newest, false)
      mustBe(await first.readCut(), cut, 'later checkpoints leave it alone')
      await first.close()

      const { storage: second, kept } = await ground.resume()
      mustBe(await kept.readCheckpoint(), newest, 'the newest one is another')
      mustBe(await second.readCut(), cut, 'the cut is kept')
      await second.writeStart(secondLife)
      const read = second.readCut()
      const replacing = second.writeCheckpoint(next, true)
      mustBe(await read, next, 'one that is replaced while it is read is not told')
      await replacing
      await second.close()

      const { storage: third, kept: again } = await ground.resume()
      mustBe(await again.readCheckpoint(), next, 'the next cut is the newest checkpoint')
      mustBe(await third.readCut(), next, 'and the cut')
      await third.writeStart(secondLife)
      await third.dropCut()
      await third.close()

      await ground.look(async (last, fourth) => {
        mustBe(await last.readCheckpoint(), next, 'a cut that was dropped is the newest checkpoint still')
        mustBe(await fourth.readCut(), undefined, 'and no cut any more')
      })
    },
  },
  {
    name: 'a second live copy is noticed, also where what it would write over was deleted',
    async run(ground) {
      const first = await ground.start()
      await first.write(batchOf(recordOf(1)))
      // Whoever opens it last may write; a storage may refuse the others from then on, or once that one has written.
      const copies = [await ground.resume(), await ground.resume()] as const
      const last = copies[1].storage
      await last.write(batchOf(recordOf(2)))
      await mustReject(first.write(batchOf(recordOf(3))), refusal('shared'), 'a batch of another live copy')
      await last.write(compactedOf())
      await mustReject(copies[0].storage.write(batchOf(recordOf(1))), refusal('shared'), 'a batch of a third copy')
      for (const storage of [first, copies[0].storage, copies[1].storage]) await storage.close()
      await ground.look((kept) => mustHold(kept, [compactedOf()], 'nothing of theirs was written'))
    },
  },
]

import { mustBe } from '../contract-broken.js'
import { mustHold, type StorageCase } from './ground.js'
import { A, B, batchOf, checkpointOf, firstLife, recordOf, secondLife, startOf } from './samples.js'

/** For storages that outlive the process: what was written is there when it is opened again. */
export const durableStorage: readonly StorageCase[] = [
  {
    name: 'starts and batches are there when it is opened again',
    async run(ground) {
      const first = await ground.start()
      const written = [batchOf(recordOf(1), recordOf(2)), batchOf()]
      for (const batch of written) await first.write(batch)
      await first.close()

      const { storage: second, kept } = await ground.resume()
      mustBe(kept.life, firstLife, 'the start is kept')
      mustBe([kept.lives, kept.checkpoint], [[], undefined], 'nothing is there that was not written')
      mustBe(kept.lastBatch, 2, 'the number of the last batch is that of the second')
      await mustHold(kept, written, 'the batches are kept')
      await second.writeStart(secondLife)
      const later = { ...batchOf(recordOf(3)), incarnation: 2 }
      await second.write(later)
      await second.close()

      await ground.look(async (again) => {
        mustBe(again.life, secondLife, 'the later start takes the place of the first')
        await mustHold(again, [...written, later], 'a later life continues the log')
      })
    },
  },
  {
    name: 'writes that nobody waited for become durable in the order of the calls',
    async run(ground) {
      const storage = await ground.start()
      const resolved: number[] = []
      // More than a storage is likely to read back at once.
      const numbers = Array.from({ length: 200 }, (_, i) => i + 1)
      const writes = numbers.map((number) => storage.write(batchOf(recordOf(number))).then(() => resolved.push(number)))
      await Promise.all(writes)
      await storage.close()
      mustBe(resolved, numbers, 'the promises resolve in the order of the calls')
      const written = numbers.map((number) => batchOf(recordOf(number)))
      await ground.look((kept) => mustHold(kept, written, 'the batches are kept in the order of the calls'))
    },
  },
  {
    name: 'what is written are the bytes at the time of the call, a megabyte too',
    async run(ground) {
      const storage = await ground.start()
      const payload = new Uint8Array(1024 * 1024).fill(7)
      const write = storage.write(batchOf(recordOf(1, payload)))
      payload.fill(0)
      await write
      await storage.close()
      const intended = batchOf(recordOf(1, new Uint8Array(1024 * 1024).fill(7)))
      await ground.look((kept) => mustHold(kept, [intended], 'what was changed after the call does not show'))
    },
  },
  {
    name: 'what is known of the starts of others is there when it is opened again, as it was written last',
    async run(ground) {
      const first = await ground.start()
      await first.writeLives([{ replica: B, start: startOf(1), batches: 1 }])
      const lives = [
        { replica: B, start: startOf(2), batches: 17 },
        { replica: A, start: startOf(1), batches: 1 },
      ]
      await first.writeLives(lives)
      await first.close()

      const { storage: second, kept } = await ground.resume()
      mustBe(kept.lives, lives, 'the last ones are kept')
      await second.writeStart(secondLife)
      const later = [{ replica: B, start: startOf(2), batches: 18 }]
      await second.write(batchOf(recordOf(1)), later)
      await second.write(batchOf(recordOf(2)))
      await second.close()

      await ground.look(async (again) => {
        mustBe(again.lives, later, 'those written with a batch are kept')
        await mustHold(again, [batchOf(recordOf(1)), batchOf(recordOf(2))], 'and so is the batch')
      })
    },
  },
  {
    name: 'the last checkpoint is there when it is opened again, with all of its chunks, and can be replaced',
    async run(ground) {
      const first = await ground.start()
      const write = first.write(batchOf(recordOf(1)))
      const many = Array.from({ length: 100 }, (_, i) => new Uint8Array(1000 + i).fill(i))
      const changed = new Uint8Array(64 * 1024).fill(7)
      const chunks = [...many, changed.slice()]
      const written = first.writeCheckpoint(checkpointOf(1, [...many, changed]), false)
      changed.fill(0)
      await Promise.all([write, written])
      await first.close()

      const { storage: second, kept } = await ground.resume()
      mustBe(kept.checkpoint, { ...checkpointOf(1, []), chunks: 101 }, 'its header is told at once')
      mustBe(await kept.readCheckpoint(), checkpointOf(1, chunks), 'all of it is kept, as it was at the call')
      await mustHold(kept, [batchOf(recordOf(1))], 'the batches before it are there')
      await second.writeStart(secondLife)
      await second.writeCheckpoint(checkpointOf(2, chunks.slice(99)), false)
      const last = checkpointOf(3, chunks.slice(0, 2))
      await second.writeCheckpoint(last, false)
      await second.close()

      await ground.look(async (again, third) => {
        mustBe(await again.readCheckpoint(), last, 'a smaller one takes its place')
        mustBe(await third.readCut(), undefined, 'none of them is a cut')
      })
    },
  },
  {
    name: 'identities are listed per room, the oldest first, however often they are opened',
    async run(ground) {
      mustBe(await ground.factory().identities(ground.room), [], 'a room that nobody has used has no identities')
      for (const replica of [B, A, B]) await (await ground.open(replica)).close()
      mustBe(await ground.factory().identities(ground.room), [B, A], 'the oldest comes first')
      const other = [...ground.room].reverse().join('')
      mustBe(await ground.factory().identities(other), [], 'another room has none of them')
    },
  },
  {
    name: 'two replicas of a room have nothing in common',
    async run(ground) {
      const [a, b] = [await ground.start(A), await ground.start(B)]
      await a.write(batchOf(recordOf(1)))
      await a.close()
      await b.close()
      await ground.look((kept) => mustHold(kept, [], 'a batch of the one is not in the other'), B)
    },
  },
]

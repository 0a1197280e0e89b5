import { must, mustBe, mustReject } from '../contract-broken.js'
import { refusal, type StorageCase } from './ground.js'
import { batchOf, checkpointOf, proposalOf, recordOf, secondLife, unreadable } from './samples.js'

/** For every storage, durable or not. */
export const everyStorage: readonly StorageCase[] = [
  {
    name: 'a new storage is fresh, takes writes, and refuses them once closed',
    async run(ground) {
      const storage = await ground.start()
      await storage.write(batchOf(recordOf(1)))
      await storage.close()
      await storage.close()
      const closed = refusal('closed')
      await mustReject(storage.writeStart(secondLife), closed, 'a start written to a closed storage')
      await mustReject(storage.writeLives([]), closed, 'lives written to a closed storage')
      await mustReject(storage.write(batchOf(recordOf(2))), closed, 'a batch written to a closed storage')
      await mustReject(storage.writeCheckpoint(checkpointOf(1, []), false), closed, 'a checkpoint for a closed storage')
      await mustReject(storage.dropCut(), closed, 'a cut dropped in a closed storage')
      await mustReject(storage.readProposals(), closed, 'proposals read from a closed storage')
      await mustReject(storage.writeProposals([], []), closed, 'proposals written to a closed storage')
    },
  },
  {
    name: 'the place where it stores has a name of 32 hex digits, the same at every call',
    async run(ground) {
      const factory = ground.factory()
      const [first, ...others] = await Promise.all([factory.place(), factory.place(), ground.factory().place()])
      must(/^[0-9a-f]{32}$/.test(first), `the name of its place, ${first}, is of 32 lower-case hex digits`)
      for (const other of [...others, await factory.place()]) mustBe(other, first, 'its place stays the same')
    },
  },
  {
    name: 'a cut that was dropped is not there, and may be dropped again',
    async run(ground) {
      const storage = await ground.start()
      await storage.dropCut()
      await storage.writeCheckpoint(checkpointOf(1, [Uint8Array.of(1)]), true)
      await storage.dropCut()
      mustBe(await storage.readCut(), undefined, 'nothing is left of it')
      await storage.dropCut()
      await storage.close()
    },
  },
  {
    name: 'writes that were under way when it was closed still finish',
    async run(ground) {
      const storage = await ground.start()
      const writes = [1, 2, 3].map((number) => storage.write(batchOf(recordOf(number))))
      await storage.close()
      await Promise.all(writes)
    },
  },
  {
    name: 'a new storage holds no proposals, and takes some',
    async run(ground) {
      const storage = await ground.open()
      await storage.load()
      mustBe(await storage.readProposals(), [], 'no proposal waits in a new storage')
      await storage.writeProposals([proposalOf(1)], [])
      await storage.writeProposals([], [proposalOf(1).id, proposalOf(2).id])
      await storage.close()
    },
  },
]

/** What no storage that keeps anything can write. */
const broken = {
  batch: unreadable(batchOf(recordOf(1)), 'records'),
  checkpoint: unreadable(checkpointOf(2, [Uint8Array.of(2)]), 'group'),
}

/** For those that keep something: what was refused may be lacking, so nothing may follow it. */
export const afterRefusal: readonly StorageCase[] = [
  {
    name: 'a batch that can not be written is refused, and nothing is accepted after it',
    async run(ground) {
      const storage = await ground.start()
      await mustReject(storage.write(broken.batch), refusal('unwritable'), 'a batch that can not be written')
      await mustReject(storage.write(batchOf(recordOf(1))), refusal('stopped'), 'a batch after it')
      await storage.close()
    },
  },
  {
    name: 'a checkpoint that can not be written is refused, and nothing is accepted after it',
    async run(ground) {
      const storage = await ground.start()
      const good = checkpointOf(1, [Uint8Array.of(1)])
      await storage.writeCheckpoint(good, false)
      const refused = storage.writeCheckpoint(broken.checkpoint, false)
      await mustReject(refused, refusal('unwritable'), 'a checkpoint that can not be written')
      await mustReject(storage.write(batchOf(recordOf(1))), refusal('stopped'), 'a batch after it')
      await storage.close()
      await ground.look(async (kept) => mustBe(await kept.readCheckpoint(), good, 'the checkpoint before it is kept'))
    },
  },
  {
    name: 'nothing is written before what is there was looked at',
    async run(ground) {
      const storage = await ground.open()
      await mustReject(storage.write(batchOf(recordOf(1))), refusal('misused'), 'a batch written before load()')
      await storage.close()
    },
  },
]

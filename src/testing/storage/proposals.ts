import type { KeptProposal } from '../../member/index.js'
import type { Storage } from '../../storage/index.js'
import { mustBe, mustReject } from '../contract-broken.js'
import { type Ground, mustHold, refusal, type StorageCase } from './ground.js'
import { batchOf, placedOf, proposalOf, recordOf, unreadable } from './samples.js'

/** From the one number to the other, both included. */
const several = (from: number, to: number): readonly KeptProposal[] =>
  Array.from({ length: to - from + 1 }, (_, i) => proposalOf(from + i))

const idsOf = (proposals: readonly KeptProposal[]): readonly string[] => proposals.map(({ id }) => id)

/** A storage that was opened for the first time, and asked what waits. */
const startEmpty = async (ground: Ground): Promise<Storage> => {
  const storage = await ground.start()
  mustBe(await storage.readProposals(), [], 'what waits in a new storage')
  return storage
}

/** Opens it again to write. */
const resume = async (ground: Ground): Promise<Storage> => {
  const { storage } = await ground.resume()
  await storage.readProposals()
  return storage
}

const mustWait = (ground: Ground, expected: readonly KeptProposal[], what: string): Promise<void> =>
  ground.look(async (_, storage) => mustBe(await storage.readProposals(), expected, what))

/** For storages that outlive the process: what waits for its answer. */
export const proposals: readonly StorageCase[] = [
  {
    name: 'what waits is there when it is opened again, in the order in which it was first put, life after life',
    async run(ground) {
      const first = await startEmpty(ground)
      // Not the order of their ids.
      await first.writeProposals([proposalOf(3), proposalOf(1)], [])
      await first.writeProposals([proposalOf(2)], [])
      await first.close()
      await mustWait(ground, [proposalOf(3), proposalOf(1), proposalOf(2)], 'what is kept')

      const second = await resume(ground)
      await second.writeProposals([proposalOf(9), proposalOf(0)], [proposalOf(1).id])
      await second.close()
      const later = [proposalOf(3), proposalOf(2), proposalOf(9), proposalOf(0)]
      await mustWait(ground, later, 'what comes later comes at the end')
    },
  },
  {
    name: 'what is put again under its id takes its own place, and nothing else changes',
    async run(ground) {
      const storage = await startEmpty(ground)
      await storage.writeProposals(several(1, 3), [])
      await storage.writeProposals([placedOf(2, 7), proposalOf(4), placedOf(1, 6)], [])
      await storage.close()
      const expected = [placedOf(1, 6), placedOf(2, 7), proposalOf(3), proposalOf(4)]
      await mustWait(ground, expected, 'the latest of each is kept, where the first was')
    },
  },
  {
    name: 'what is removed is gone, and comes at the end where it is put once more; what is unknown may be removed',
    async run(ground) {
      const storage = await startEmpty(ground)
      await storage.writeProposals(several(1, 6), [])
      await storage.writeProposals([], idsOf([proposalOf(1), proposalOf(3), proposalOf(6), proposalOf(77)]))
      await storage.writeProposals([placedOf(3, 1)], [proposalOf(4).id])
      await storage.close()
      await mustWait(ground, [proposalOf(2), proposalOf(5), placedOf(3, 1)], 'what was not removed is kept')
    },
  },
  {
    name: 'nothing waits any more once all is removed, and then something new does',
    async run(ground) {
      const storage = await startEmpty(ground)
      await storage.writeProposals(several(1, 3), [])
      await storage.writeProposals([], idsOf(several(1, 3)))
      await storage.close()
      await mustWait(ground, [], 'what is left')
      const again = await resume(ground)
      await again.writeProposals([proposalOf(4)], [])
      await again.close()
      await mustWait(ground, [proposalOf(4)], 'what came later is kept')
    },
  },
  {
    name: 'a thousand that are put in one call, and half of them removed in another, are kept in order',
    async run(ground) {
      const storage = await startEmpty(ground)
      const all = several(1, 1000)
      await storage.writeProposals(all, [])
      const removed = all.filter((_, i) => i % 2 === 0)
      await storage.writeProposals([], idsOf(removed))
      await storage.close()
      const left = all.filter((_, i) => i % 2 === 1)
      await mustWait(ground, left, 'the other half is kept')
    },
  },
  {
    name: 'what waits, and what else is written, becomes durable in the order of the calls',
    async run(ground) {
      const storage = await startEmpty(ground)
      const order: string[] = []
      const note = (what: string) => (): void => {
        order.push(what)
      }
      await Promise.all([
        storage.writeProposals([proposalOf(1)], []).then(note('put')),
        storage.write(batchOf(recordOf(1))).then(note('batch')),
        storage.writeProposals([placedOf(1, 1), proposalOf(2)], []).then(note('put again')),
        storage.writeProposals([], [proposalOf(2).id]).then(note('removed')),
      ])
      mustBe(order, ['put', 'batch', 'put again', 'removed'], 'the promises resolve in the order of the calls')
      await storage.close()
      await ground.look(async (kept, again) => {
        await mustHold(kept, [batchOf(recordOf(1))], 'the batch is kept')
        mustBe(await again.readProposals(), [placedOf(1, 1)], 'the last word on each is kept')
      })
    },
  },
  {
    name: 'a proposal is kept as it was at the time of the call',
    async run(ground) {
      const storage = await startEmpty(ground)
      const payload = new Uint8Array(100_000).fill(7)
      const written = storage.writeProposals([proposalOf(1, payload)], [])
      payload.fill(0)
      await written
      await storage.close()
      await mustWait(ground, [proposalOf(1, new Uint8Array(100_000).fill(7))], 'later changes do not show')
    },
  },
  {
    name: 'of several proposals one that can not be written keeps all of them out, and nothing is accepted after it',
    async run(ground) {
      const storage = await startEmpty(ground)
      await storage.writeProposals([proposalOf(1)], [])
      const broken = unreadable(proposalOf(2), 'payload')
      const refused = storage.writeProposals([proposalOf(3), broken], [proposalOf(1).id])
      await mustReject(refused, refusal('unwritable'), 'proposals of which one can not be written')
      await mustReject(storage.writeProposals([proposalOf(4)], []), refusal('stopped'), 'a proposal after them')
      await storage.close()
      await mustWait(ground, [proposalOf(1)], 'what was there before is kept')
    },
  },
  {
    name: 'nothing is put before what waits was read, which is read once',
    async run(ground) {
      const unloaded = await ground.open()
      await mustReject(unloaded.readProposals(), refusal('misused'), 'proposals read before load()')
      await unloaded.close()
      const storage = await ground.start()
      await mustReject(storage.writeProposals([proposalOf(1)], []), refusal('misused'), 'a proposal put before that')
      await storage.readProposals()
      await mustReject(storage.readProposals(), refusal('misused'), 'proposals read twice')
      await storage.writeProposals([proposalOf(2)], [])
      await storage.close()
      await mustWait(ground, [proposalOf(2)], 'what was put afterwards is kept')
    },
  },
]

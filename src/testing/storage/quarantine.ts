import { mustBe } from '../contract-broken.js'
import { mustHold, type StorageCase } from './ground.js'
import { A, B, batchOf, firstLife, recordOf } from './samples.js'

/** For storages that outlive the process: what can't be trusted is set aside. */
export const quarantine: readonly StorageCase[] = [
  {
    name: 'a replica that was quarantined is none of the identities any more, the others are',
    async run(ground) {
      for (const replica of [A, B]) await (await ground.start(replica)).close()
      await ground.factory().quarantine(ground.room, A)
      mustBe(await ground.factory().identities(ground.room), [B], 'the identities that are left')
      await ground.factory().quarantine(ground.room, A)
      mustBe(await ground.factory().identities(ground.room), [B], 'the identities after a second time')
    },
  },
  {
    name: 'a replica that has nothing here may be quarantined: that leaves no identity behind',
    async run(ground) {
      await ground.factory().quarantine(ground.room, A)
      mustBe(await ground.factory().identities(ground.room), [], 'the identities')
    },
  },
  {
    name: 'what a quarantined replica holds is found under its name: it never looks like one that has promised nothing',
    async run(ground) {
      const storage = await ground.start()
      await storage.write(batchOf(recordOf(1)))
      await storage.close()
      await ground.factory().quarantine(ground.room, A)
      await ground.look(async (kept) => {
        mustBe(kept.life, firstLife, 'its start is kept')
        await mustHold(kept, [batchOf(recordOf(1))], 'its batches are kept')
      })
    },
  },
]

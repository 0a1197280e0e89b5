import { mustBe, mustReject } from '../contract-broken.js'
import { refusal, type StorageCase } from './ground.js'
import { batchOf, recordOf } from './samples.js'

const keysOf = (fill: number, bytes: number = 300): Uint8Array => new Uint8Array(bytes).fill(fill)

/** For every storage: the keys of a member and its group. */
export const keys: readonly StorageCase[] = [
  {
    name: 'a new storage has no keys, takes some, and tells nothing of them once closed',
    async run(ground) {
      const storage = await ground.start()
      mustBe(await storage.readKeys(), undefined, 'the keys in a new storage')
      await storage.writeKeys(keysOf(1))
      await storage.close()
      await mustReject(storage.readKeys(), refusal('closed'), 'keys read from a closed storage')
      await mustReject(storage.writeKeys(keysOf(2)), refusal('closed'), 'keys written to a closed storage')
    },
  },
]

/** For storages that outlive the process. */
export const durableKeys: readonly StorageCase[] = [
  {
    name: 'the keys are there when it is opened again, those that were written last, as they were at the call',
    async run(ground) {
      const first = await ground.start()
      await first.writeKeys(keysOf(1, 5000))
      const changed = keysOf(2)
      const written = first.writeKeys(changed)
      changed.fill(0)
      await written
      mustBe(await first.readKeys(), keysOf(2), 'what is read back at once')
      await first.write(batchOf(recordOf(1)))
      await first.close()

      const { storage: second } = await ground.resume()
      mustBe(await second.readKeys(), keysOf(2), 'the last ones are kept')
      mustBe(await second.readKeys(), keysOf(2), 'and may be read again')
      await second.writeKeys(new Uint8Array())
      await second.close()
      await ground.look(async (_, third) => mustBe(await third.readKeys(), new Uint8Array(), 'no bytes are kept, too'))
    },
  },
  {
    name: 'what is done to the bytes that were read as keys does not show in the storage',
    async run(ground) {
      const storage = await ground.start()
      await storage.writeKeys(keysOf(1))
      const read = await storage.readKeys()
      mustBe(read, keysOf(1), 'keys that were written are there')
      read?.fill(9)
      mustBe(await storage.readKeys(), keysOf(1), 'what is read again')
      await storage.close()
    },
  },
  {
    name: 'keys are neither read nor written before what is there was looked at',
    async run(ground) {
      const storage = await ground.open()
      await mustReject(storage.readKeys(), refusal('misused'), 'keys read before load()')
      await mustReject(storage.writeKeys(keysOf(1)), refusal('misused'), 'keys written before load()')
      await storage.close()
    },
  },
]

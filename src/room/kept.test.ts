import v8 from 'node:v8'
import vm from 'node:vm'
import { afterEach, expect, it, vi } from 'vitest'
import type { StorageFactory } from '../storage/index.js'
import { Disks } from '../storage/stage.js'
import { localNetwork } from '../transport/local.js'
import { closeAll, Locks, mapOf, Servers } from './stage.js'

afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

v8.setFlagsFromString('--expose_gc')
const collectGarbage = vm.runInNewContext('gc') as () => void

it('keeps no record of its storage in memory, once it has begun', async () => {
  vi.stubGlobal('navigator', { locks: new Locks() })
  const { transport } = localNetwork()
  const disks = new Disks()
  const servers = new Servers(transport)
  const [first, b] = [await servers.start(0, { storage: disks }), await servers.start(1), await servers.start(2)]
  for (let i = 0; i < 60; i++) await mapOf(first).set(`k${i}`, i)
  await first.close()

  const records: WeakRef<object>[] = []
  const watched: StorageFactory = {
    durable: true,
    place: () => disks.place(),
    identities: (room) => disks.identities(room),
    quarantine: (room, replica) => disks.quarantine(room, replica),
    open: async (room, replica) => {
      const storage = await disks.open(room, replica)
      const { load } = storage
      storage.load = async () => {
        const loaded = await load.call(storage)
        if (loaded.fresh) return loaded
        const batches = async function* () {
          for await (const batch of loaded.batches) {
            for (const record of batch.records) records.push(new WeakRef(record))
            yield batch
          }
        }
        return { ...loaded, batches: batches() }
      }
      return storage
    },
  }
  const again = await servers.start(0, { storage: watched })
  await mapOf(b).set('after', 1)
  expect(await mapOf(again).get('after')).toBe(1)
  expect(records.length).toBeGreaterThan(60)
  await new Promise(setImmediate)
  collectGarbage()
  expect(records.filter((record) => record.deref() !== undefined)).toEqual([])
})

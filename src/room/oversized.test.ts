import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { StorageFactory } from '../storage/index.js'
import { memory } from '../storage/memory.js'
import { Disks } from '../storage/stage.js'
import { localNetwork } from '../transport/local.js'
import { closeAll, Locks, type MapRoom, mapOf, Servers, until } from './stage.js'

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() })
})
afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

/** For a network without any delay. */
const quick = { slowPathDelayMs: 20, retransmitMs: 50, maxRetransmitMs: 200, gossipMs: 50, fetchDelayMs: 20 }

it('goes on without what is too large to be sent: it is counted, as if it had been lost', async () => {
  const { transport } = localNetwork()
  const servers = new Servers(transport)
  const disks = new Disks()
  const startFor = (slot: number, maxCommandBytes: number, storage: StorageFactory = memory()): Promise<MapRoom> =>
    servers.start(slot, { storage, tuning: { ...quick, maxCommandBytes } })
  const [first, b] = [await startFor(0, 4 << 20, disks), await startFor(1, 4 << 20)]
  // It can't take what the other two decide, and asks for it again and again.
  await startFor(2, 1 << 20)
  await mapOf(first).set('large', 'x'.repeat(2 << 20))
  await first.close()

  // Now neither can this one send it.
  const again = await startFor(0, 1 << 20, disks)
  expect(again.id).toBe(first.id)
  await until(again, ({ oversized }) => oversized > 0)
  await mapOf(again).set('small', 1)
  expect(await mapOf(b).get('small')).toBe(1)
  expect(again.status.get().role).toBe('voter')
})

import { describe, expect, it } from 'vitest'
import { storageContract } from '../index.js'
import { Device } from './device.js'
import { Timeline } from './timeline.js'

const PLACE = '0'.repeat(32)
const REPLICA = 'a'.repeat(32)
const WRITE_MS = 3

const timeline = new Timeline()

const storageOf = (device: Device, alive: () => boolean = () => true): ReturnType<Device['storage']> =>
  device.storage((written) => timeline.after(WRITE_MS, written), alive)

const passingTime = async <T>(promise: Promise<T>): Promise<T> => {
  let settled = false
  const running = promise.finally(() => {
    settled = true
  })
  while (!settled) await timeline.run(1)
  return running
}

describe('the storage of a device keeps the contract', () => {
  const device = new Device(PLACE)
  for (const { name, run } of storageContract(() => storageOf(device))) it(name, () => passingTime(run()))
})

describe('a process that ends', () => {
  it('leaves what was written, and nothing of what was under way', async () => {
    const device = new Device(PLACE)
    let alive = true
    const storage = await storageOf(device, () => alive).open('room', REPLICA)
    await storage.load()
    const start = { count: 1, nonce: PLACE, batches: 0 }
    await passingTime(storage.writeStart({ start, earlier: [] }))
    let told = false
    const life = { start: { ...start, count: 2 }, earlier: [start] }
    const tell = (): void => {
      told = true
    }
    storage.writeStart(life).then(tell, tell)
    await timeline.run(WRITE_MS - 1)
    alive = false
    await timeline.run(100)
    const loaded = await (await storageOf(device).open('room', REPLICA)).load()
    expect([told, !loaded.fresh && loaded.life.start.count]).toEqual([false, 1])
  })

  it('frees its locks, for those of other processes that wait, in their order', async () => {
    const { locks } = new Device(PLACE)
    const [a, b, c] = [{}, {}, {}]
    const order: string[] = []
    const hold = (name: string) => () => {
      order.push(name)
      return new Promise<void>(() => {})
    }
    void locks.of(a).request('room', hold('a'))
    void locks.of(b).request('room', hold('b'))
    void locks.of(c).request('room', hold('c'))
    await timeline.run(1)
    locks.release(a)
    await timeline.run(1)
    expect(order).toEqual(['a', 'b'])
    expect(await locks.of(c).query()).toEqual({ held: [{ name: 'room', mode: 'exclusive' }], pending: [] })
    locks.release(b)
    await timeline.run(1)
    expect(order).toEqual(['a', 'b', 'c'])
  })

  it('may have waited for a lock in vain', async () => {
    const { locks } = new Device(PLACE)
    const mine = locks.of({})
    let free = (): void => {}
    const first = mine.request('room', () => new Promise<string>((resolve) => (free = () => resolve('done'))))
    await timeline.run(1)
    expect(await mine.request('room', { ifAvailable: true }, (lock) => lock)).toBeNull()
    const enough = new AbortController()
    const waiting = mine.request('room', { signal: enough.signal }, () => 'granted')
    await timeline.run(1)
    enough.abort()
    await expect(waiting).rejects.toThrow(DOMException)
    free()
    expect(await first).toBe('done')
    await timeline.run(1)
    expect(await mine.request('room', (lock) => lock?.name)).toBe('room')
  })
})

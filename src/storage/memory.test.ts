import { expect, test } from 'vitest'
import { storageContract } from '../testing/index.js'
import { memory } from './memory.js'

for (const { name, run } of storageContract(memory, { durable: false })) test(name, run)

test('nothing outlives it, and it says so', async () => {
  const factory = memory()
  const replica = 'a'.repeat(32)
  const storage = await factory.open('room', replica)
  await storage.writeStart({ start: { count: 1, nonce: 'd'.repeat(32), batches: 0 }, earlier: [] })
  await storage.close()
  expect(factory.durable).toBe(false)
  expect(await factory.identities('room')).toEqual([])
  expect(await (await factory.open('room', replica)).load()).toEqual({ fresh: true })
})

test('its place is the process: all of them name the same one', async () => {
  expect(await memory().place()).toBe(await memory().place())
})

test('a write resolves before any timer or event', async () => {
  const storage = await memory().open('room', 'a'.repeat(32))
  const order: string[] = []
  setTimeout(() => order.push('timer'))
  await storage.write({ group: 'c'.repeat(32), incarnation: 1, records: [], floor: undefined, compacted: false })
  order.push('written')
  expect(order).toEqual(['written'])
})

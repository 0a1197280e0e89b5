import { afterEach, expect, it } from 'vitest'
import { memory } from '../storage/memory.js'
import { localNetwork } from '../transport/local.js'
import { replicatedMap, type ReplicatedMap } from '../state/index.js'
import { openRoom, type Room } from './index.js'

const rooms: Room<ReplicatedMap>[] = []
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.close()
})

it('three rooms that meet agree on what is set in any of them', async () => {
  const { transport } = localNetwork()
  for (let i = 0; i < 3; i++) {
    rooms.push(await openRoom({ name: 'r', state: replicatedMap(), storage: memory(), transport }))
  }
  const [a, b, c] = rooms.map((room) => room.state) as [ReplicatedMap, ReplicatedMap, ReplicatedMap]
  await a.set('title', 'hello')
  expect(await b.get('title')).toBe('hello')
  const results = await Promise.all([a, b, c].map((map, i) => map.compareAndSet('seat', undefined, i)))
  expect(results.filter((r) => r.ok)).toHaveLength(1)
  await Promise.all([a,b,c].flatMap((map) => Array.from({length: 50}, () => map.add('n', 1))))
  expect(await c.get('n')).toBe(150)
  console.log(rooms[0]?.status.get())
})

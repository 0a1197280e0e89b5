import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Relay, startRelay } from '../relay/node.js'
import { createRoom, openRoom, parseInvite } from './index.js'
import { closeAll, type MapRoom, mapOf, overRelay, toBeClosed, until } from './stage.js'

let relay: Relay
beforeEach(async () => {
  vi.stubGlobal('WebSocket', WebSocket)
  relay = await startRelay()
})
afterEach(async () => {
  await closeAll()
  await relay.close()
  vi.unstubAllGlobals()
})

/** Members that have met over a relay: the invite alone tells the others where. */
const members = async (count: number): Promise<readonly MapRoom[]> => {
  const first = toBeClosed(await createRoom({ ...overRelay(), relay: relay.url }))
  const rooms = [first]
  while (rooms.length < count) rooms.push(toBeClosed(await openRoom(first.invite(), overRelay())))
  return rooms
}

it('is found by its invite, which says where its relay is', async () => {
  const [first, second] = (await members(2)) as [MapRoom, MapRoom]
  expect(parseInvite(first.invite()).relay).toBe(relay.url)
  await mapOf(first).set('x', 1)
  expect(await mapOf(second).add('x', 1)).toEqual({ ok: true, value: 2 })
})

it('goes on when one of its three voters has been closed, and another has come', async () => {
  const rooms = await members(3)
  for (const room of rooms) await until(room, ({ role }) => role === 'voter')
  const [first, second, third] = rooms as [MapRoom, MapRoom, MapRoom]
  await first.close()
  await mapOf(second).set('x', 1)
  const fourth = toBeClosed(await openRoom(second.invite(), overRelay()))
  expect(await mapOf(fourth).get('x')).toBe(1)
  await until(third, ({ voters }) => voters.includes(fourth.id) && !voters.includes(first.id))
  await mapOf(fourth).add('x', 1)
  expect(await mapOf(third).get('x')).toBe(2)
}, 30_000)

it('is not opened by a transport that needs a relay, where the invite names none', async () => {
  await expect(createRoom(overRelay())).rejects.toThrow(TypeError)
})

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Relay, startRelay } from '../relay/node.js'
import { replicatedMap } from '../state/index.js'
import type { StorageFactory } from '../storage/index.js'
import { Disks } from '../storage/stage.js'
import { webSocket } from '../transport/websocket.js'
import { Host } from './host.js'
import { randomId } from './ids.js'
import { createRoom, IdentityLost, openRoom, parseInvite } from './index.js'
import { LiveRoom } from './room.js'
import { closeAll, eager, elsewhere, Locks, type MapRoom, mapOf, toBeClosed, until } from './stage.js'

let relay: Relay
beforeEach(async () => {
  vi.stubGlobal('WebSocket', WebSocket)
  vi.stubGlobal('navigator', { locks: new Locks() })
  relay = await startRelay()
})
afterEach(async () => {
  await closeAll()
  await relay.close()
  vi.unstubAllGlobals()
})

const options = (storage: StorageFactory = elsewhere(new Disks())) => ({
  state: replicatedMap(),
  storage,
  transport: webSocket(),
  autopilot: eager,
  tabs: 'separate' as const,
})

/** Whether the key of a member is in the log, as far as it was executed here. */
const hasRegistered = (room: MapRoom, member: string): boolean =>
  room instanceof LiveRoom && room.backend instanceof Host && room.backend.image?.roster.registered.has(member) === true

const keyOf = (room: MapRoom): number => parseInvite(room.invite()).key

it('is told to a member that was away, which comes in by its old invite', async () => {
  const first = toBeClosed(await createRoom({ ...options(), relay: relay.url }))
  const before = first.invite()
  const second = toBeClosed(await openRoom(before, options()))
  const gone = toBeClosed(await openRoom(before, options()))
  const storage = elsewhere(new Disks())
  const away = await openRoom(before, options(storage))
  for (const room of [first, second, gone]) await until(room, ({ role }) => role === 'voter')
  await mapOf(away).set('x', 1)
  await vi.waitUntil(() => hasRegistered(first, away.id), { timeout: 20_000 })
  await away.close()
  await first.remove(gone.id)
  const back = toBeClosed(await openRoom(before, options(storage)))
  expect(back.id).toBe(away.id)
  await until(back, ({ link }) => link.peers.length > 0)
  expect(await mapOf(back).add('x', 1)).toEqual({ ok: true, value: 2 })
  expect(keyOf(back)).toBe(1)
  expect(back.status.get().advice ?? '').not.toContain('removed')
}, 30_000)

/** Servers with one list, and the secret that they were founded with, whatever has become of it since. */
const listed = (count: number) => {
  const [group, secret] = [randomId(), randomId()]
  const voters = Array.from({ length: count }, randomId).sort()
  const disks = voters.map(() => elsewhere(new Disks()))
  return async (slot: number): Promise<MapRoom> => {
    const { state, transport, storage } = options(disks[slot])
    return createRoom({
      state,
      storage,
      transport,
      group,
      secret,
      voters,
      id: voters[slot] as string,
      relay: relay.url,
    })
  }
}

it('of one of two voters leaves the other one, which goes on alone', async () => {
  const start = listed(2)
  const [first, second] = [toBeClosed(await start(0)), toBeClosed(await start(1))]
  await mapOf(first).set('x', 1)
  await second.remove(first.id)
  await until(first, ({ role }) => role === 'stopped')
  expect(second.status.get().voters).toEqual([second.id])
  expect(keyOf(second)).toBe(1)
  expect(await mapOf(second).add('x', 1)).toEqual({ ok: true, value: 2 })
}, 30_000)

it('outlives a restart of listed voters, whose options hold the first secret, and the removed one never comes back', async () => {
  const start = listed(3)
  const [first, second, third] = [await start(0), toBeClosed(await start(1)), await start(2)]
  await mapOf(first).set('x', 1)
  await second.remove(third.id)
  await until(first, () => keyOf(first) === 1)
  await first.close()
  const again = toBeClosed(await start(0))
  expect(keyOf(again)).toBe(1)
  expect(await mapOf(again).add('x', 1)).toEqual({ ok: true, value: 2 })
  await until(third, ({ role }) => role === 'stopped')
  await third.close()
  await expect(start(2)).rejects.toThrow(IdentityLost)
}, 30_000)

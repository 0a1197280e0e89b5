import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineState, map, NeedsUpdate, replicatedMap } from '../state/index.js'
import { Disks } from '../storage/stage.js'
import { localNetwork } from '../transport/local.js'
import { encodePacket } from '../wire/index.js'
import { createRoom, openRoom } from './index.js'
import {
  closeAll,
  elsewhere,
  found,
  Locks,
  type MapState,
  mapOf,
  relayRoom,
  Servers,
  toBeClosed,
  until,
} from './stage.js'

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() })
})
afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

/** A map whose versions differ in name only. */
const versioned = (lowest: 1, highest: 1 | 2): MapState =>
  defineState({
    version: highest,
    mutators: map().mutators,
    ...(lowest < highest && { migrations: { 2: () => {} } }),
  })

describe('a member whose program is too old', () => {
  it('for the state: does not join, says that it has to be updated, and harms nobody', async () => {
    const { transport } = localNetwork()
    const first = toBeClosed(await createRoom({ state: versioned(1, 2), storage: elsewhere(), transport }))
    await mapOf(first).set('x', 1)
    const old = toBeClosed(await openRoom(first.invite(), { state: versioned(1, 1), storage: elsewhere(), transport }))
    const { reason } = await until(old, ({ role }) => role === 'stopped')
    expect(reason).toContain('update this program')
    await mapOf(first).set('x', 2)
    expect(first.status.get().role).toBe('voter')
  })

  it('for what it has stored itself: does not open', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const first = await createRoom({ state: versioned(1, 2), storage, transport })
    await first.close()
    const opening = openRoom(first.invite(), { state: versioned(1, 1), storage, transport })
    await expect(opening).rejects.toThrow(NeedsUpdate)
    // It has let go of the identity.
    const again = toBeClosed(await openRoom(first.invite(), { state: versioned(1, 2), storage, transport }))
    expect(again.id).toBe(first.id)
  })

  it('for the packets of others: says so, and goes on with those that it understands', async () => {
    const { transport } = localNetwork()
    const room = await found(transport)
    const link = transport({
      room: relayRoom(room),
      self: { replica: 'f'.repeat(32), incarnation: 1 },
      relay: undefined,
    })
    await new Promise<void>((resolve) => link.onPeer(() => resolve()))
    const newer = encodePacket({
      kind: 'refused',
      group: room.status.get().group,
      incarnation: 1,
      refused: { count: 1, nonce: '0'.repeat(32), batches: 0 },
      known: { count: 1, nonce: '0'.repeat(32), batches: 0 },
    })
    // The version comes first, after the head of the array.
    newer[1] = (newer[1] as number) + 1
    link.send({ replica: room.id, incarnation: 1 }, newer)
    const { advice, refused, role } = await until(room, ({ advice }) => advice !== undefined)
    expect(advice).toContain('update it')
    expect([refused.packets, role]).toEqual([1, 'voter'])
    await mapOf(room).set('x', 1)
    link.close()
  })
})

describe('servers with a new version of the state', () => {
  it('go on as that version, in a new epoch, once the last of them runs it', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const disks = [new Disks(), new Disks(), new Disks()]
    const start = (slot: number, state: MapState) => servers.start(slot, { storage: disks[slot] as Disks, state })
    const rooms = await Promise.all([0, 1, 2].map((slot) => start(slot, versioned(1, 1))))
    await mapOf(rooms[0]).set('x', 1)
    for (const slot of [0, 1, 2]) {
      expect(rooms[slot]?.status.get().epoch).toBe(0)
      await rooms[slot]?.close()
      rooms[slot] = await start(slot, versioned(1, 2))
      await mapOf(rooms[slot]).add('x', 1)
    }
    for (const room of rooms) await until(room, ({ epoch, role }) => epoch === 1 && role === 'voter')
    await mapOf(rooms[0]).add('x', 1)
    for (const room of rooms) expect(await mapOf(room).get('x')).toBe(5)
  })
})

describe('servers with different lists', () => {
  it('do not take each other for voters, and say whose list differs', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const [a, b] = [await servers.start(0), await servers.start(1)]
    await mapOf(a).set('x', 1)
    const { group, ids } = servers
    const voters = [...ids.slice(1), 'f'.repeat(32)]
    const options = { state: replicatedMap(), storage: elsewhere(), transport, group, voters, id: 'f'.repeat(32) }
    const wrong = toBeClosed(await createRoom(options))
    const { advice } = await until(wrong, ({ advice }) => advice?.includes('another list') ?? false)
    expect(ids.some((id) => advice?.includes(id))).toBe(true)
    await expect(mapOf(a).add('x', 1)).resolves.toEqual({ ok: true, value: 2 })
    expect(b.status.get().voters).toEqual(ids)
  })
})

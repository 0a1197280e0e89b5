import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { replicatedMap } from '../state/index.js'
import { StorageError } from '../storage/index.js'
import { Disks } from '../storage/stage.js'
import { localNetwork } from '../transport/local.js'
import { createRoom, openRoom, parseInvite, rebuildRoom } from './index.js'
import { closeAll, contents, elsewhere, join, Locks, mapOf, Servers, toBeClosed, until } from './stage.js'

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() })
})
afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

describe('a room that has lost its quorum', () => {
  it('says so, goes on being read, lets proposals wait, and is rebuilt as another one with what is here', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const [a, b, c] = [await servers.start(0), await servers.start(1), await servers.start(2)]
    await mapOf(a).set('x', 1)
    await mapOf(a).set('y', 'y'.repeat(100_000))
    await b.close()
    await c.close()
    const status = await until(a, ({ quorum }) => quorum === 'none')
    expect(status).toMatchObject({ role: 'voter', survives: 0 })
    expect(status.advice).toContain('2 of 3 voters are away, and 2 must be here')
    expect(status.advice).toContain('rebuildRoom')
    expect(a.executed.get().get('x')).toBe(1)
    const waiting = expect(mapOf(a).set('x', 2)).rejects.toThrow('closed here')

    const options = { state: replicatedMap(), storage: elsewhere(), transport }
    const rebuilt = toBeClosed(await rebuildRoom(a, options))
    await waiting
    expect(a.status.get().role).toBe('closed')
    expect(parseInvite(rebuilt.invite()).group).not.toBe(servers.group)
    expect(parseInvite(rebuilt.invite()).secret).not.toBe(parseInvite(a.invite()).secret)
    expect(rebuilt.id).not.toBe(a.id)
    expect(await mapOf(rebuilt).add('x', 1)).toEqual({ ok: true, value: 3 })
    // What waited for the others was executed here, once.
    expect(contents(rebuilt)).toEqual({ x: 3, y: 'y'.repeat(100_000) })
    const other = await join(rebuilt.invite(), transport)
    expect(await mapOf(other).get('x')).toBe(3)
    expect(other.status.get().epoch).toBe(0)
  })

  it('comes back as it was rebuilt after a restart', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const options = { state: replicatedMap(), storage, transport }
    const first = await createRoom(options)
    await mapOf(first).set('x', 1)
    const rebuilt = await rebuildRoom(first, options)
    await rebuilt.close()
    const again = toBeClosed(await openRoom(rebuilt.invite(), options))
    expect(again.id).toBe(rebuilt.id)
    expect(await mapOf(again).get('x')).toBe(1)
  })

  it('is rebuilt also from a member that has stopped, or was closed', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const stopped = await createRoom({ state: replicatedMap(), storage, transport })
    await mapOf(stopped).set('x', 1)
    const disk = storage.disk(stopped.status.get().group, stopped.id)
    if (disk === undefined) throw new Error('it has a disk')
    disk.commit = () => Promise.reject(new StorageError('quota', 'the disk is full'))
    await expect(mapOf(stopped).set('x', 2)).rejects.toThrow('the disk is full')
    const options = { state: replicatedMap(), storage: elsewhere(), transport }
    const rebuilt = await rebuildRoom(stopped, options)
    // What it could not write down was not lost.
    expect(await mapOf(rebuilt).get('x')).toBe(2)
    await rebuilt.close()
    const once = toBeClosed(await rebuildRoom(rebuilt, options))
    expect(await mapOf(once).get('x')).toBe(2)
  })

  it('is not rebuilt from a member that has no state yet', async () => {
    const { transport } = localNetwork()
    const options = { state: replicatedMap(), storage: elsewhere(), transport }
    const first = await createRoom(options)
    await first.close()
    const joining = await join(first.invite(), transport)
    await expect(rebuildRoom(joining, options)).rejects.toThrow('no state yet')
    expect(joining.status.get().role).toBe('joining')
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { replicatedMap } from '../state/index.js'
import { StorageError, type StorageFactory } from '../storage/index.js'
import { memory } from '../storage/memory.js'
import { type Disk, Disks } from '../storage/stage.js'
import { localNetwork } from '../transport/local.js'
import { createRoom, NotAMember, OutcomeUnknown, type Policy } from './index.js'
import {
  altered,
  closeAll,
  eager,
  found,
  join,
  Locks,
  type MapRoom,
  mapOf,
  Servers,
  tapped,
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

const diskOf = (disks: Disks, room: MapRoom): Disk => disks.disk(room.status.get().group, room.id) as Disk

/** Has every commit that holds such a key fail. */
const breaks = (disk: Disk, isBroken: (key: string | number) => boolean): void => {
  const commit = disk.commit.bind(disk)
  disk.commit = async (changes) => {
    if (changes.some((change) => 'key' in change && isBroken(change.key))) {
      throw new StorageError('quota', 'the disk is full')
    }
    await commit(changes)
  }
}

describe('a room on a disk', () => {
  it('is not founded, and heard of by nobody, where its first state can not be written', async () => {
    const { transport } = localNetwork()
    const unable: StorageFactory = {
      ...memory(),
      open: async (room, replica) => ({
        ...(await memory().open(room, replica)),
        writeCheckpoint: () => Promise.reject(new StorageError('quota', 'the disk is full')),
      }),
    }
    let links = 0
    const counting = altered(transport, (link) => {
      links++
      return link
    })
    const founding = createRoom({ state: replicatedMap(), storage: unable, transport: counting })
    await expect(founding).rejects.toThrow('the disk is full')
    expect(links).toBe(0)
  })

  it('opens no link before its start is durable: what it says later is known to be said in this life [H14]', async () => {
    const { transport } = localNetwork()
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow: StorageFactory = {
      ...memory(),
      open: async (room, replica) => ({ ...(await memory().open(room, replica)), writeStart: () => held }),
    }
    let links = 0
    const counting = altered(transport, (link) => {
      links++
      return link
    })
    const opening = createRoom({ state: replicatedMap(), storage: slow, transport: counting })
    await new Promise(setImmediate)
    expect(links).toBe(0)
    release()
    toBeClosed(await opening)
    expect(links).toBe(1)
  })

  it('stops voting when a write fails, says why, stays readable, and the others go on', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const disks = new Disks()
    const a = await servers.start(0, { storage: disks })
    const b = await servers.start(1)
    const c = await servers.start(2)
    await mapOf(a).set('x', 1)
    const disk = diskOf(disks, a)
    breaks(disk, (key) => typeof key === 'number')
    await expect(mapOf(a).set('x', 2)).rejects.toThrow(OutcomeUnknown)
    expect(a.status.get()).toMatchObject({ role: 'stopped', quorum: 'none' })
    expect(a.status.get().reason).toContain('the disk is full')
    expect(a.status.get().storage.error).toContain('the disk is full')
    await expect(mapOf(a).set('x', 3)).rejects.toThrow(NotAMember)
    expect(a.executed.get().get('x')).toBe(1)
    await mapOf(b).set('y', 1)
    expect(await mapOf(c).get('y')).toBe(1)
    // It has voted for nothing since: with one of the other two gone there is no quorum.
    const { length } = disk.commits
    await b.close()
    await until(c, ({ quorum }) => quorum === 'none')
    expect(disk.commits).toHaveLength(length)
  })

  it('lets no held message leave before its write', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const disks = new Disks()
    const heard: string[] = []
    const listening = tapped(transport, (packet) => {
      if (packet.kind === 'messages') heard.push(...packet.messages.map(({ kind }) => kind))
      return true
    })
    const proposals = (): string[] => heard.filter((kind) => kind === 'pre-accept' || kind === 'commit')
    const a = await servers.start(0, { storage: disks }, listening)
    await servers.start(1)
    await servers.start(2)
    await mapOf(a).set('x', 1)

    const disk = diskOf(disks, a)
    // Of records, not of what waits for its answer: that is on nobody's way.
    let gate = Promise.resolve()
    let started = 0
    const commit = disk.commit.bind(disk)
    disk.commit = async (changes) => {
      if (changes.some((change) => 'key' in change && typeof change.key === 'number')) {
        started++
        await gate
      }
      await commit(changes)
    }
    const held: (() => void)[] = []
    const hold = (): void => {
      gate = new Promise((resolve) => held.push(resolve))
    }
    hold()
    heard.length = 0
    const set = mapOf(a).set('x', 2)
    await vi.waitUntil(() => started === 1)
    // The record of the proposal is under way: its PreAccept is held, gossip isn't.
    expect(proposals()).toEqual([])
    hold()
    held.shift()?.()
    await vi.waitUntil(() => started === 2)
    expect(new Set(proposals())).toEqual(new Set(['pre-accept']))
    // Now it is decided, and that is being written: nobody hears of it, nor is it executed here.
    expect(a.executed.get().get('x')).toBe(1)
    held.shift()?.()
    await set
    expect(heard).toContain('commit')
  })

  it('says nothing in a new epoch that counts before the start of that is written', async () => {
    const { transport } = localNetwork()
    let armed = false
    const policy: Policy = (view) => (armed ? eager(view) : { ...eager(view), voters: undefined })
    const a = await found(transport, { policy, storage: new Disks('a'.repeat(32)) })
    const b = await join(a.invite(), transport, { storage: new Disks('b'.repeat(32)) })
    const said = new Set<string>()
    const listening = tapped(transport, (packet) => {
      if (packet.kind !== 'messages') return true
      for (const message of packet.messages) {
        if ('epoch' in message && message.epoch === 1) said.add(message.kind)
      }
      return true
    })
    const disks = new Disks('c'.repeat(32))
    const c = await join(a.invite(), listening, { storage: disks })
    await mapOf(c).set('x', 1)
    const disk = diskOf(disks, c)
    const commit = disk.commit.bind(disk)
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    disk.commit = async (changes) => {
      if (changes.some((change) => 'key' in change && change.key === 'cut')) await held
      await commit(changes)
    }
    armed = true
    await until(c, ({ epoch, role }) => epoch === 1 && role === 'voter')
    // The other two are enough, and it learns from them.
    await mapOf(a).set('x', 2)
    await until(c, () => c.executed.get().get('x') === 2)
    expect(said).not.toContain('pre-accept-ok')
    expect(said).not.toContain('frontier')
    release()
    await mapOf(c).set('x', 3)
    expect(await mapOf(b).get('x')).toBe(3)
    expect(said).toContain('frontier')
  }, 30_000)
})

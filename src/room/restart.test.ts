import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ForeignState, Replica } from '../core/index.js'
import { ExactlyOnce, replicatedMap } from '../state/index.js'
import { Disk, Disks } from '../storage/stage.js'
import { localNetwork } from '../transport/local.js'
import { createRoom, openRoom } from './index.js'
import {
  AT_ONCE,
  addMany,
  closeAll,
  contents,
  Locks,
  type MapRoom,
  type MapState,
  mapOf,
  Servers,
  sumOf,
  toBeClosed,
  until,
} from './stage.js'
import { readStored } from './stored.js'

/** After so many commands a checkpoint is written, see the member room. */
const CHECKPOINT_COMMANDS = 2000

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() })
})
afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

/** A map that counts what it executes. */
const countedMap = (): MapState & { applied: number } => {
  const definition = replicatedMap()
  const counted = {
    ...definition,
    applied: 0,
    create() {
      const machine = definition.create()
      const { apply } = machine
      machine.apply = (command) => {
        counted.applied++
        return apply.call(machine, command)
      }
      return machine
    },
  }
  return counted
}

const diskOf = (disks: Disks, room: MapRoom): Disk => disks.disk(room.status.get().group, room.id) as Disk

/** How many instances the checkpoint on a disk contains. */
const checkpointed = async (disk: Disk): Promise<number> => {
  const loaded = await disk.load()
  return loaded.fresh ? 0 : (loaded.checkpoint?.executed.frontier ?? []).reduce((a, b) => a + b, 0)
}

/** Three servers, the first of them on a disk. */
const onDisk = async (disks: Disks) => {
  const { transport } = localNetwork()
  const servers = new Servers(transport)
  const rooms = [await servers.start(0, { storage: disks }), await servers.start(1), await servers.start(2)] as const
  return { transport, servers, rooms }
}

describe('a room that writes checkpoints', () => {
  it('starts from the last one, and executes again only what came after it, each command once', async () => {
    const disks = new Disks()
    const { servers, rooms } = await onDisk(disks)
    const [first, b] = rooms
    const before = CHECKPOINT_COMMANDS + 5 * AT_ONCE
    await addMany(first, before)
    await vi.waitUntil(async () => (await checkpointed(diskOf(disks, first))) > 0)
    await first.close()
    await addMany(b, AT_ONCE)

    const state = countedMap()
    const again = await servers.start(0, { storage: disks, state })
    expect(again.id).toBe(first.id)
    await addMany(again, AT_ONCE)
    await until(again, ({ behind }) => behind === 0)
    expect(sumOf(again)).toBe(before + 2 * AT_ONCE)
    expect(state.applied).toBeLessThan(before)
    expect(state.applied).toBeLessThanOrEqual(before - CHECKPOINT_COMMANDS + 2 * AT_ONCE)
  })

  it('can be killed after any write: what a checkpoint says was executed is among the records, or was dropped [H18]', async () => {
    const disks = new Disks()
    const { servers, rooms } = await onDisk(disks)
    const disk = diskOf(disks, rooms[0])
    const afterCheckpoint: Disk[] = []
    disk.committed = (keys) => {
      // So slow that writes pile up behind each other.
      disk.gate = new Promise((resolve) => setImmediate(resolve))
      if (keys.includes('checkpoint')) afterCheckpoint.push(new Disk(disk.held))
    }
    await Promise.all(rooms.map((room) => addMany(room, CHECKPOINT_COMMANDS)))
    expect(afterCheckpoint.length).toBeGreaterThanOrEqual(2)
    for (const killed of afterCheckpoint) {
      disks.put(servers.group, rooms[0].id, killed)
      const storage = await disks.open(servers.group, rooms[0].id)
      const own = {
        identity: { id: rooms[0].id, release: () => {} },
        storage,
        loaded: await storage.load(),
        proposals: [],
        others: [],
      }
      const { checkpoint, records, floor } = await readStored(own, servers.group)
      if (checkpoint === undefined) throw new Error('it was written')
      const { configuration, executed, chunks } = checkpoint
      const { id } = rooms[0]
      const restored = { restored: records, executed, ...(floor && { floor }) }
      new Replica({ id, group: servers.group, configuration, ...restored, random: Math.random })
      new ExactlyOnce(replicatedMap().create()).restore(chunks, configuration.stateVersion)
    }
  })

  it('can be killed after any checkpoint: nothing that was answered is lost, and nothing done twice [K17]', async () => {
    const servers = new Servers(localNetwork().transport, 1)
    const disks = new Disks()
    const room = await servers.start(0, { storage: disks })
    const disk = diskOf(disks, room)
    const answered = new Set<string>()
    const kills: { readonly held: Disk; readonly answered: ReadonlySet<string> }[] = []
    disk.committed = (keys) => {
      disk.gate = new Promise((resolve) => setImmediate(resolve))
      if (keys.includes('checkpoint')) kills.push({ held: new Disk(disk.held), answered: new Set(answered) })
    }
    for (let i = 0; i < 3 * CHECKPOINT_COMMANDS; i += AT_ONCE) {
      const keys = Array.from({ length: AT_ONCE }, (_, j) => `k${i + j}`)
      await Promise.all(
        keys.map((key) =>
          mapOf(room)
            .add(key, 1)
            .then(() => answered.add(key)),
        ),
      )
      // It is made in the time between, and written while others are answered.
      const due = Math.floor((i + AT_ONCE) / CHECKPOINT_COMMANDS) - 1
      await vi.waitUntil(() => kills.length >= due, { timeout: 20_000 })
    }
    await room.close()
    expect(kills.length).toBeGreaterThanOrEqual(2)
    for (const kill of kills) {
      disks.put(servers.group, room.id, kill.held)
      const again = await servers.start(0, { storage: disks })
      await mapOf(again).get('k0')
      const state = contents(again)
      for (const key of kill.answered) expect(state[key]).toBe(1)
      expect(new Set(Object.values(state))).toEqual(new Set([1]))
      await again.close()
    }
  }, 60_000)

  it('does not open with a checkpoint that its own records do not cover [H18]', async () => {
    const disks = new Disks()
    const { servers, rooms } = await onDisk(disks)
    const [first] = rooms
    await mapOf(first).add('x', 1)
    const older = new Disk(diskOf(disks, first).held)
    await addMany(first, CHECKPOINT_COMMANDS)
    await vi.waitUntil(async () => (await checkpointed(diskOf(disks, first))) > 0)
    await first.close()
    for (const [key, value] of diskOf(disks, first).held) {
      if (key === 'checkpoint' || String(key).startsWith('chunk')) older.held.set(key, value)
    }
    disks.put(servers.group, first.id, older)
    await expect(servers.start(0, { storage: disks })).rejects.toThrow(ForeignState)
    // It has let go of the identity: the same again, at once.
    await expect(servers.start(0, { storage: disks })).rejects.toThrow(ForeignState)
  })

  it('stops when a checkpoint can not be written', async () => {
    const disks = new Disks()
    const { rooms } = await onDisk(disks)
    const [first, b] = rooms
    const disk = diskOf(disks, first)
    const commit = disk.commit.bind(disk)
    disk.commit = async (changes) => {
      if (changes.some((change) => 'key' in change && change.key === 'checkpoint')) throw new Error('the disk is full')
      await commit(changes)
    }
    await addMany(b, CHECKPOINT_COMMANDS)
    const { reason } = await until(first, ({ role }) => role === 'stopped')
    expect(reason).toContain('the disk is full')
    await mapOf(b).set('after', 1)
  })
})

describe('a room whose members were all closed', () => {
  it('goes on where it was when they are back, whoever comes first', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const disks = [0, 1, 2].map(() => new Disks())
    const start = (slot: number) => servers.start(slot, { storage: disks[slot] as Disks })
    const rooms = [await start(0), await start(1), await start(2)] as const
    await Promise.all(rooms.map((room, i) => mapOf(room).set(`k${i}`, i)))
    for (const room of rooms) await room.close()
    const [c, b] = [await start(2), await start(1)]
    await mapOf(c).add('k0', 10)
    const a = await start(0)
    expect(await mapOf(a).get('k0')).toBe(10)
    expect(contents(b)).toEqual({ k0: 10, k1: 1, k2: 2 })
    expect(a.status.get()).toMatchObject({ id: rooms[0].id, incarnation: 2, epoch: 0, role: 'voter' })
  })

  it('goes on with the one voter it had, founded without a list', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const options = { state: replicatedMap(), storage, transport }
    const room = await createRoom(options)
    await mapOf(room).set('x', 1)
    await room.close()
    const again = toBeClosed(await openRoom(room.invite(), options))
    expect(again.id).toBe(room.id)
    expect(await mapOf(again).get('x')).toBe(1)
  })
})

describe('a tab that is a member of its own', () => {
  it('takes the identity that votes, of those that are stored, though another is older and free', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport, 1)
    const [storage, ofVoter] = [new Disks(), new Disks()]
    const options = { state: replicatedMap(), storage, transport, tabs: 'separate' } as const
    const voter = await servers.start(0, { storage: ofVoter })
    const observer = await openRoom(voter.invite(), options)
    await mapOf(observer).set('x', 1)
    await voter.close()
    await observer.close()
    storage.put(servers.group, voter.id, diskOf(ofVoter, voter))
    const again = toBeClosed(await openRoom(voter.invite(), options))
    expect(again.id).toBe(voter.id)
    expect(await mapOf(again).get('x')).toBe(1)
    const second = toBeClosed(await openRoom(voter.invite(), options))
    expect(second.id).toBe(observer.id)
  })

  it('gets the identity of its former self, which votes, though that still has to let go of it', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const options = { state: replicatedMap(), storage, transport, tabs: 'separate' } as const
    const former = await createRoom(options)
    const opening = openRoom(former.invite(), options)
    await former.close()
    expect(toBeClosed(await opening).id).toBe(former.id)
  })

  it('is another member than one of the same profile that goes on', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const options = { state: replicatedMap(), storage, transport, tabs: 'separate' } as const
    const first = toBeClosed(await createRoom(options))
    await mapOf(first).set('x', 1)
    const second = toBeClosed(await openRoom(first.invite(), options))
    expect(second.id).not.toBe(first.id)
    expect(await mapOf(second).get('x')).toBe(1)
  })

  it('is itself again when it is opened again before it has joined', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const founder = await createRoom({ state: replicatedMap(), storage: new Disks(), transport })
    await founder.close()
    const options = { state: replicatedMap(), storage, transport, tabs: 'separate' } as const
    const first = await openRoom(founder.invite(), options)
    await first.close()
    const again = toBeClosed(await openRoom(founder.invite(), options))
    expect(again.id).toBe(first.id)
    expect(again.status.get()).toMatchObject({ role: 'joining', incarnation: 2 })
  })
})

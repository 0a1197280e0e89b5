import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ForeignState, Replica } from '../core/index.js'
import { ExactlyOnce, type ReplicatedMap, replicatedMap, type StateDefinition } from '../state/index.js'
import { Disk, Disks } from '../storage/stage.js'
import { localNetwork } from '../transport/local.js'
import { CHECKPOINT_COMMANDS } from './checkpoints.js'
import { openRoom } from './index.js'
import { AT_ONCE, addMany, closeAll, enter, Locks, type MapRoom, sumOf, toBeClosed, until } from './stage.js'
import { readStored } from './stored.js'

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() })
})
afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

/** A map that counts what it executes. */
class CountedMap implements StateDefinition<ReplicatedMap> {
  applied = 0

  create(...[propose]: Parameters<StateDefinition<ReplicatedMap>['create']>) {
    const { machine, api } = replicatedMap().create(propose)
    const { apply } = machine
    machine.apply = (command) => {
      this.applied++
      return apply.call(machine, command)
    }
    return { machine, api }
  }
}

const diskOf = (disks: Disks, { id }: MapRoom): Disk => disks.disk('room', id) as Disk

const holdsCheckpoint = ({ held }: Disk): boolean => held.has('checkpoint')

describe('a room that writes checkpoints', () => {
  it('starts from the last one, and executes again only what came after it, each command once', async () => {
    const { transport } = localNetwork()
    const disks = new Disks()
    const [first, b] = [await enter(transport, disks), await enter(transport), await enter(transport)]
    const before = CHECKPOINT_COMMANDS + 5 * AT_ONCE
    await addMany(first, before)
    expect(holdsCheckpoint(diskOf(disks, first))).toBe(true)
    await first.close()
    await addMany(b, AT_ONCE)

    const state = new CountedMap()
    const again = await openRoom({ name: 'room', state, storage: disks, transport })
    toBeClosed(again)
    expect(again.id).toBe(first.id)
    await addMany(again, AT_ONCE)
    await until(again, ({ behind }) => behind === 0)
    expect(sumOf(again)).toBe(before + 2 * AT_ONCE)
    expect(state.applied).toBeLessThan(before)
    expect(state.applied).toBeLessThanOrEqual(before - CHECKPOINT_COMMANDS + 2 * AT_ONCE)
  })

  it('can be killed after any write: what a checkpoint says was executed is among the records [H18]', async () => {
    const { transport } = localNetwork()
    const disks = new Disks()
    const rooms = [await enter(transport, disks), await enter(transport), await enter(transport)] as const
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
      const { membership, checkpoint, records } = await readStored(await killed.load())
      if (membership === undefined || checkpoint === undefined) throw new Error('both were written')
      const { group, epoch, voters } = membership
      const { executed, chunks } = checkpoint
      const { id } = rooms[0]
      new Replica({ id, group, epoch: { number: epoch, voters }, restored: records, executed, random: Math.random })
      const { machine } = replicatedMap().create(() => Promise.reject(new Error('nothing is proposed')))
      new ExactlyOnce(machine).restore(chunks)
    }
  })

  it('does not open with a checkpoint that its own records do not cover [H18]', async () => {
    const { transport } = localNetwork()
    const disks = new Disks()
    const [first] = [await enter(transport, disks), await enter(transport), await enter(transport)]
    await first.state.add('x', 1)
    const older = new Disk(diskOf(disks, first).held)
    await addMany(first, CHECKPOINT_COMMANDS)
    await first.close()
    for (const [key, value] of diskOf(disks, first).held) {
      if (key === 'checkpoint' || String(key).startsWith('chunk')) older.held.set(key, value)
    }
    expect(holdsCheckpoint(older)).toBe(true)
    disks.put('room', first.id, older)
    await expect(enter(transport, disks)).rejects.toThrow(ForeignState)
    // It has let go of the identity: the same again, at once.
    await expect(enter(transport, disks)).rejects.toThrow(ForeignState)
  })

  it('stops when a checkpoint can not be written', async () => {
    const { transport } = localNetwork()
    const disks = new Disks()
    const [first, b] = [await enter(transport, disks), await enter(transport), await enter(transport)]
    const disk = diskOf(disks, first)
    const commit = disk.commit.bind(disk)
    disk.commit = async (cells) => {
      if (cells.some(({ key }) => key === 'checkpoint')) throw new Error('the disk is full')
      await commit(cells)
    }
    await addMany(b, CHECKPOINT_COMMANDS)
    const { reason } = await until(first, ({ role }) => role === 'stopped')
    expect(reason).toContain('the disk is full')
    await b.state.set('after', 1)
  })
})

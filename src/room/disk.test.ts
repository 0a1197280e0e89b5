import { afterEach, describe, expect, it } from 'vitest'
import { type Storage, StorageError, type StorageFactory } from '../storage/index.js'
import { memory } from '../storage/memory.js'
import type { Link, TransportFactory } from '../transport/index.js'
import { localNetwork } from '../transport/local.js'
import { decodePacket } from '../wire/index.js'
import { NotAMember, OutcomeUnknown } from './index.js'
import { closeAll, enter, until } from './stage.js'

afterEach(closeAll)

/** Memory whose writes can be held up, or made to fail. */
class Disk implements StorageFactory {
  readonly durable = false
  writes = 0
  held: (() => void)[] | undefined
  broken = false

  async identities(): Promise<readonly string[]> {
    return []
  }

  async open(room: string, replica: string): Promise<Storage> {
    const storage = await memory().open(room, replica)
    return {
      load: () => storage.load(),
      writeStart: (life) => storage.writeStart(life),
      writeLives: (lives) => storage.writeLives(lives),
      writeMembership: (membership) => storage.writeMembership(membership),
      writeCheckpoint: (checkpoint) => storage.writeCheckpoint(checkpoint),
      close: () => storage.close(),
      write: async (batch, lives) => {
        this.writes++
        if (this.held !== undefined) await new Promise<void>((resolve) => this.held?.push(resolve))
        if (this.broken) throw new StorageError('quota', 'the disk is full')
        await storage.write(batch, lives)
      },
    }
  }
}

describe('a room on a disk', () => {
  it('says nothing any more when it could not write down that it was founded, and another takes its place', async () => {
    const { transport } = localNetwork()
    const unable: StorageFactory = {
      ...memory(),
      open: async (room, replica) => ({
        ...(await memory().open(room, replica)),
        writeMembership: () => Promise.reject(new StorageError('quota', 'the disk is full')),
      }),
    }
    const failing = await enter(transport, unable)
    const others = [await enter(transport), await enter(transport)]
    expect((await until(failing, ({ role }) => role === 'stopped')).reason).toContain('the disk is full')
    others.push(await enter(transport))
    for (const room of others) await until(room, ({ role }) => role === 'voter')
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
    const counting: TransportFactory = (options) => {
      links++
      return transport(options)
    }
    const opening = enter(counting, slow)
    await new Promise(setImmediate)
    expect(links).toBe(0)
    release()
    await opening
    expect(links).toBe(1)
  })

  it('stops voting when a write fails, says why, stays readable, and the others go on', async () => {
    const { transport } = localNetwork()
    const disk = new Disk()
    const a = await enter(transport, disk)
    const b = await enter(transport)
    const c = await enter(transport)
    await a.state.set('x', 1)
    disk.broken = true
    await expect(a.state.set('x', 2)).rejects.toThrow(OutcomeUnknown)
    expect(a.status.get()).toMatchObject({ role: 'stopped', quorum: 'none' })
    expect(a.status.get().reason).toContain('the disk is full')
    expect(a.status.get().storage.error).toContain('the disk is full')
    await expect(a.state.set('x', 3)).rejects.toThrow(NotAMember)
    expect(a.state.local.get('x')).toBe(1)
    await b.state.set('y', 1)
    expect(await c.state.get('y')).toBe(1)
    // It has voted for nothing since: with one of the other two gone there is no quorum.
    const { writes } = disk
    await b.close()
    await until(c, ({ quorum }) => quorum === 'none')
    expect(disk.writes).toBe(writes)
  })

  it('lets no held message leave before its write', async () => {
    const network = localNetwork()
    const disk = new Disk()
    const heard: string[] = []
    const listening: TransportFactory = (options) => {
      const link: Link = network.transport(options)
      return {
        ...methodsOf(link),
        send: (to, bytes) => {
          const packet = decodePacket(bytes)
          if (packet.kind === 'messages') heard.push(...packet.messages.map(({ kind }) => kind))
          return link.send(to, bytes)
        },
      }
    }
    const a = await enter(listening, disk)
    await enter(network.transport)
    await enter(network.transport)
    await a.state.set('x', 1)

    disk.held = []
    heard.length = 0
    const set = a.state.set('x', 2)
    await until(a, () => disk.held?.length === 1)
    // The record of the proposal is under way: its PreAccept is held, gossip isn't.
    expect(heard.filter((kind) => kind !== 'frontier')).toEqual([])
    disk.held.shift()?.()
    await until(a, () => disk.held?.length === 1)
    expect(new Set(heard.filter((kind) => kind !== 'frontier'))).toEqual(new Set(['pre-accept']))
    // Now it is decided, and that is being written: nobody hears of it, nor is it executed here.
    expect(a.state.local.get('x')).toBe(1)
    for (const release of disk.held) release()
    disk.held = undefined
    await set
    expect(heard).toContain('commit')
  })
})

const methodsOf = (link: Link): Link => ({
  send: (to, bytes) => link.send(to, bytes),
  onMessage: (listener) => link.onMessage(listener),
  onPeer: (listener) => link.onPeer(listener),
  onStatus: (listener) => link.onStatus(listener),
  status: () => link.status(),
  bufferedBytes: (to) => link.bufferedBytes(to),
  close: () => link.close(),
})

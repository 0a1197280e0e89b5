import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { nextLife } from '../member/index.js'
import { Disk, Disks } from '../storage/stage.js'
import type { Link } from '../transport/index.js'
import { localNetwork } from '../transport/local.js'
import { encodePacket, type Greeting } from '../wire/index.js'
import { randomId } from './ids.js'
import { IdentityLost } from './index.js'
import { closeAll, join, Locks, type MapRoom, mapOf, relayRoom, Servers, tapped, until } from './stage.js'

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() })
})
afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

/** What this replica's disk holds now, as it is. */
const copyOf = (disks: Disks, { id, status }: MapRoom): Disk => new Disk(disks.disk(status.get().group, id)?.held)

/** It knows that it has to stop, and what its user can do; the other two go on. */
const refusedWhileOthersGoOn = async (refused: MapRoom, a: MapRoom, b: MapRoom): Promise<void> => {
  const { reason } = await until(refused, ({ role }) => role === 'stopped')
  expect(reason).toContain('older copy')
  expect(reason).toContain('open the room again, as a new replica')
  await mapOf(a).set('after', 1)
  expect(await mapOf(b).get('after')).toBe(1)
}

describe('a replica whose storage is not what it was', () => {
  it('stops when its storage was rolled back by a life [H14]', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const disks = new Disks()
    const [a, b] = [await servers.start(0), await servers.start(1)]
    const first = await servers.start(2, { storage: disks })
    await mapOf(first).set('x', 1)
    await first.close()
    const older = copyOf(disks, first)
    const second = await servers.start(2, { storage: disks })
    await mapOf(second).set('x', 2)
    await second.close()

    disks.put(servers.group, first.id, older)
    const third = await servers.start(2, { storage: disks })
    expect(third.status.get()).toMatchObject({ id: first.id, incarnation: 2 })
    await refusedWhileOthersGoOn(third, a, b)
    await third.close()
    await expect(servers.start(2, { storage: disks })).rejects.toThrow(IdentityLost)
    // Whoever comes back is somebody else.
    const fourth = await join(a.invite(), transport, { storage: disks })
    expect(fourth.id).not.toBe(first.id)
    expect(await mapOf(fourth).get('after')).toBe(1)
    expect(fourth.status.get().role).toBe('observer')
  })

  it('is refused as a server that has lost its storage, and starts again under its old name [H14]', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const [a, b, c] = [await servers.start(0), await servers.start(1), await servers.start(2, { storage: new Disks() })]
    await mapOf(c).set('x', 1)
    await c.close()
    const storage = new Disks()
    const empty = await servers.start(2, { storage })
    await refusedWhileOthersGoOn(empty, a, b)
    await empty.close()
    await expect(servers.start(2, { storage })).rejects.toThrow(IdentityLost)
  })

  it('stops as the only voter when an observer knows that its storage was rolled back [H14]', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport, 1)
    const disks = new Disks()
    const first = await servers.start(0, { storage: disks })
    const older = copyOf(disks, first)
    const observer = await join(first.invite(), transport)
    await mapOf(observer).set('x', 1)
    await first.close()
    disks.put(servers.group, first.id, older)
    const again = await servers.start(0, { storage: disks })
    expect((await until(again, ({ role }) => role === 'stopped')).reason).toContain('older copy')
    expect(observer.executed.get().get('x')).toBe(1)
  })

  it('stops when its storage was rolled back within its last life [H14]', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const disks = new Disks()
    const [a, b] = [await servers.start(0), await servers.start(1)]
    const first = await servers.start(2, { storage: disks })
    await mapOf(first).set('x', 1)
    const older = copyOf(disks, first)
    // Its vote is all that is forgotten.
    await mapOf(a).set('x', 2)
    expect(await mapOf(first).get('x')).toBe(2)
    await first.close()
    disks.put(servers.group, first.id, older)
    await refusedWhileOthersGoOn(await servers.start(2, { storage: disks }), a, b)
  })

  it('stops when all were restarted, it alone from an older copy: the others have written down how much it held [H14]', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const disks = [new Disks(), new Disks(), new Disks()] as const
    const start = (slot: 0 | 1 | 2) => servers.start(slot, { storage: disks[slot] })
    const rooms = [await start(0), await start(1), await start(2)] as const
    const [a, , c] = rooms
    await mapOf(c).set('x', 0)
    const older = copyOf(disks[2], c)
    for (let i = 1; i < 10; i++) await mapOf(a).set('x', i)
    expect(await mapOf(c).get('x')).toBe(9)
    for (const room of rooms) await room.close()
    disks[2].put(servers.group, c.id, older)
    const [again, other] = [await start(0), await start(1)]
    await refusedWhileOthersGoOn(await start(2), again, other)
  })

  it('stops when its storage was rolled back by a life, and was opened alone, and written to, since [H14]', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const storage = new Disks()
    const [a, b] = [await servers.start(0), await servers.start(1)]
    const first = await servers.start(2, { storage })
    await mapOf(first).set('x', 0)
    const older = copyOf(storage, first)
    await first.close()
    const second = await servers.start(2, { storage })
    await mapOf(a).set('x', 1)
    expect(await mapOf(second).get('x')).toBe(1)
    const held = (await storage.disk(servers.group, second.id)?.lastNumber()) as number
    await second.close()

    storage.put(servers.group, first.id, older)
    // What it promised there it may have said to somebody.
    const lonely = await storage.open(servers.group, first.id)
    const loaded = await lonely.load()
    if (loaded.fresh) throw new Error('it had a life')
    const life = nextLife(loaded.life, randomId(), loaded.lastBatch)
    await lonely.writeStart(life)
    while ((await older.lastNumber()) <= held) {
      const incarnation = life.start.count
      await lonely.write({ group: servers.group, incarnation, records: [], floor: undefined, compacted: false })
    }
    await lonely.close()
    await refusedWhileOthersGoOn(await servers.start(2, { storage }), a, b)
  })

  it('stops when a copy of its storage was opened before it [H14]', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const [disks, copies] = [new Disks(), new Disks()]
    const [a, b] = [await servers.start(0), await servers.start(1)]
    const first = await servers.start(2, { storage: disks })
    await mapOf(first).set('x', 1)
    await first.close()
    copies.put(servers.group, first.id, copyOf(disks, first))
    vi.stubGlobal('navigator', { locks: new Locks() })
    const copy = await servers.start(2, { storage: copies })
    await mapOf(copy).set('x', 2)
    await copy.close()
    const original = await servers.start(2, { storage: disks })
    await refusedWhileOthersGoOn(original, a, b)
    await original.close()
    // The copy is the replica now.
    const again = await servers.start(2, { storage: copies })
    expect(await mapOf(again).get('x')).toBe(2)
  })

  it('is refused by one that was itself restarted since: it has written down whom it knew [H14]', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const [ofA, ofC] = [new Disks(), new Disks()]
    let a = await servers.start(0, { storage: ofA })
    const b = await servers.start(1)
    let c = await servers.start(2, { storage: ofC })
    await mapOf(c).set('x', 1)
    await c.close()

    const older = copyOf(ofC, c)
    c = await servers.start(2, { storage: ofC })
    await mapOf(c).set('x', 2)
    await c.close()
    await a.close()
    a = await servers.start(0, { storage: ofA })
    await mapOf(a).set('x', 3)
    await b.close()

    ofC.put(servers.group, c.id, older)
    const { reason } = await until(await servers.start(2, { storage: ofC }), ({ role }) => role === 'stopped')
    expect(reason).toContain('older copy')
    expect(a.status.get().role).toBe('voter')
  })

  it('is stopped by a member of its group that names its present start, and by nobody else', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const greetings: Greeting[] = []
    const listening = tapped(transport, (packet) => {
      if (packet.kind === 'greeting') greetings.push(packet)
      return true
    })
    const a = await servers.start(0, {}, listening)
    const b = await servers.start(1)
    const c = await servers.start(2)
    await mapOf(a).set('x', 1)
    const said = greetings.at(-1) as Greeting
    const { start, group } = said
    const to = { replica: a.id, incarnation: 1 }
    const known = { count: 2, nonce: '2'.repeat(32), batches: 0 }
    const refusal = (change: object) =>
      encodePacket({ kind: 'refused', group, incarnation: 1, refused: start, known, ...change })
    const linkOf = async (replica: string): Promise<Link> => {
      const link = transport({ room: relayRoom(a), self: { replica, incarnation: 1 }, relay: undefined })
      await new Promise<void>((resolve) => link.onPeer(() => resolve()))
      return link
    }
    const stranger = await linkOf('f'.repeat(32))
    stranger.send(to, refusal({}))
    await c.close()
    const fellow = await linkOf(c.id)
    // It has the state, as it says: so it may know. (Voters have met it before, as the one whose name it uses.)
    fellow.send(to, encodePacket({ ...said, start: { ...start, nonce: '3'.repeat(32) } }))
    // What was meant for another life, another copy, or another group.
    fellow.send(to, refusal({ refused: { ...start, count: 2 } }))
    fellow.send(to, refusal({ refused: { ...start, nonce: '0'.repeat(32) } }))
    fellow.send(to, refusal({ group: '0'.repeat(32) }))
    await mapOf(a).set('x', 2)
    expect(await mapOf(b).get('x')).toBe(2)
    expect(a.status.get().refused.strangers).toBe(2)
    fellow.send(to, refusal({}))
    await until(a, ({ role }) => role === 'stopped')
    for (const link of [stranger, fellow]) link.close()
  })

  it('is met sooner or later, however many greetings are lost', async () => {
    const { transport } = localNetwork()
    const servers = new Servers(transport)
    const startLossy = (slot: number) => {
      let greetings = 0
      // Every second one is lost, the first one included.
      const lossy = tapped(transport, ({ kind }) => kind !== 'greeting' || ++greetings % 2 === 0)
      return servers.start(slot, {}, lossy)
    }
    const rooms = [await startLossy(0), await startLossy(1), await startLossy(2)] as const
    await mapOf(rooms[0]).set('x', 1)
    for (const room of rooms) expect(await mapOf(room).get('x')).toBe(1)
  })
})

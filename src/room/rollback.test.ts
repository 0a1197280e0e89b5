import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Disk, Disks } from '../storage/stage.js'
import type { TransportFactory } from '../transport/index.js'
import { localNetwork } from '../transport/local.js'
import { decodePacket, encodePacket, type Greeting, type Packet } from '../wire/index.js'
import { OutcomeUnknown } from './index.js'
import { closeAll, enter, Locks, type MapRoom, until } from './stage.js'

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() })
})
afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

/** What this replica's disk holds now, as it is. */
const copyOf = (disks: Disks, { id }: MapRoom): Disk => new Disk(disks.disk('room', id)?.held)

/** It knows that it has to stop, and what its user can do; the other two go on. */
const refusedWhileOthersGoOn = async (refused: MapRoom, a: MapRoom, b: MapRoom): Promise<void> => {
  const { reason } = await until(refused, ({ role }) => role === 'stopped')
  expect(reason).toContain('older copy')
  expect(reason).toContain('open the room again, as a new replica')
  await a.state.set('after', 1)
  expect(await b.state.get('after')).toBe(1)
}

describe('a replica whose storage is not what it was', () => {
  it('stops when its storage was rolled back by a life [H14]', async () => {
    const { transport } = localNetwork()
    const disks = new Disks()
    const [a, b] = [await enter(transport), await enter(transport)]
    const first = await enter(transport, disks)
    await first.state.set('x', 1)
    await first.close()
    const older = copyOf(disks, first)
    const second = await enter(transport, disks)
    await second.state.set('x', 2)
    await second.close()

    disks.put('room', first.id, older)
    const third = await enter(transport, disks)
    expect(third.status.get()).toMatchObject({ id: first.id, incarnation: 2 })
    await refusedWhileOthersGoOn(third, a, b)
    await third.close()
    // Whoever comes back is somebody else.
    const fourth = await enter(transport, disks)
    expect(fourth.id).not.toBe(first.id)
    await until(fourth, ({ role }) => role === 'outsider')
  })

  it('stops when its storage was rolled back within its last life [H14]', async () => {
    const { transport } = localNetwork()
    const disks = new Disks()
    const [a, b] = [await enter(transport), await enter(transport)]
    const first = await enter(transport, disks)
    await first.state.set('x', 1)
    const older = copyOf(disks, first)
    // Its vote is all that is forgotten.
    await a.state.set('x', 2)
    expect(await first.state.get('x')).toBe(2)
    await first.close()
    disks.put('room', first.id, older)
    await refusedWhileOthersGoOn(await enter(transport, disks), a, b)
  })

  it('stops when all were restarted, it alone from an older copy: the others have written down how much it held [H14]', async () => {
    const { transport } = localNetwork()
    const [ofA, ofB, ofC] = [new Disks(), new Disks(), new Disks()]
    const rooms = [await enter(transport, ofA), await enter(transport, ofB), await enter(transport, ofC)] as const
    const [a, , c] = rooms
    await c.state.set('x', 0)
    const older = copyOf(ofC, c)
    for (let i = 1; i < 10; i++) await a.state.set('x', i)
    expect(await c.state.get('x')).toBe(9)
    for (const room of rooms) await room.close()
    ofC.put('room', c.id, older)
    const [again, other] = [await enter(transport, ofA), await enter(transport, ofB)]
    await refusedWhileOthersGoOn(await enter(transport, ofC), again, other)
  })

  it('stops when its storage was rolled back by a life, and was opened alone, and written to, since [H14]', async () => {
    const { transport } = localNetwork()
    const alone = localNetwork().transport
    const disks = new Disks()
    const [a, b] = [await enter(transport), await enter(transport)]
    const first = await enter(transport, disks)
    await first.state.set('x', 0)
    const older = copyOf(disks, first)
    await first.close()
    const second = await enter(transport, disks)
    await a.state.set('x', 1)
    expect(await second.state.get('x')).toBe(1)
    const held = (await disks.disk('room', second.id)?.lastNumber()) as number
    await second.close()

    disks.put('room', first.id, older)
    for (let life = 0; (await older.lastNumber()) <= held; life++) {
      expect(life).toBeLessThan(10)
      const lonely = await enter(alone, disks)
      expect(lonely.id).toBe(first.id)
      const unknown = expect(lonely.state.set(`y${life}`, life)).rejects.toThrow(OutcomeUnknown)
      // Its record is under way now, and closing waits for that.
      await Promise.resolve()
      await lonely.close()
      await unknown
    }
    await refusedWhileOthersGoOn(await enter(transport, disks), a, b)
  })

  it('stops when a copy of its storage was opened before it [H14]', async () => {
    const { transport } = localNetwork()
    const disks = new Disks()
    const elsewhere = new Disks()
    const [a, b] = [await enter(transport), await enter(transport)]
    const first = await enter(transport, disks)
    await first.state.set('x', 1)
    await first.close()
    elsewhere.put('room', first.id, copyOf(disks, first))
    vi.stubGlobal('navigator', { locks: new Locks() })
    const copy = await enter(transport, elsewhere)
    await copy.state.set('x', 2)
    await copy.close()
    const original = await enter(transport, disks)
    await refusedWhileOthersGoOn(original, a, b)
    await original.close()
    // The copy is the replica now.
    const again = await enter(transport, elsewhere)
    expect(await again.state.get('x')).toBe(2)
  })

  it('is refused by one that was itself restarted since: it has written down whom it knew [H14]', async () => {
    const { transport } = localNetwork()
    const [ofA, ofC] = [new Disks(), new Disks()]
    let a = await enter(transport, ofA)
    const b = await enter(transport)
    let c = await enter(transport, ofC)
    await c.state.set('x', 1)
    await c.close()
    const older = copyOf(ofC, c)
    c = await enter(transport, ofC)
    await c.state.set('x', 2)
    await c.close()
    await a.close()
    a = await enter(transport, ofA)
    await a.state.set('x', 3)
    await b.close()

    ofC.put('room', c.id, older)
    const { reason } = await until(await enter(transport, ofC), ({ role }) => role === 'stopped')
    expect(reason).toContain('older copy')
    expect(a.status.get().role).toBe('voter')
  })

  it('is stopped by a voter of its group that names its present start, and by nobody else', async () => {
    const { transport } = localNetwork()
    const greetings: Greeting[] = []
    const listening = tapped(transport, (packet) => {
      if (packet.kind === 'greeting') greetings.push(packet)
      return true
    })
    const a = await enter(listening)
    const b = await enter(transport)
    const c = await enter(transport)
    await a.state.set('x', 1)
    const { start, membership } = greetings.at(-1) as Greeting
    const group = membership?.group as string
    const to = { replica: a.id, incarnation: 1 }
    const refusal = (change: object) =>
      encodePacket({
        kind: 'refused',
        group,
        incarnation: 1,
        refused: start,
        known: { count: 2, nonce: '2'.repeat(32), batches: 0 },
        ...change,
      })
    const stranger = transport({ room: 'room', self: { replica: 'f'.repeat(32), incarnation: 1 } })
    await new Promise<void>((resolve) => stranger.onPeer(() => resolve()))
    stranger.send(to, refusal({}))
    await c.close()
    const fellow = transport({ room: 'room', self: { replica: c.id, incarnation: 1 } })
    await new Promise<void>((resolve) => fellow.onPeer(() => resolve()))
    // What was meant for another life, another copy, or another group.
    fellow.send(to, refusal({ refused: { ...start, count: 2 } }))
    fellow.send(to, refusal({ refused: { ...start, nonce: '0'.repeat(32) } }))
    fellow.send(to, refusal({ group: '0'.repeat(32) }))
    await a.state.set('x', 2)
    expect(await b.state.get('x')).toBe(2)
    expect(a.status.get().refused.strangers).toBe(2)
    fellow.send(to, refusal({}))
    await until(a, ({ role }) => role === 'stopped')
    for (const link of [stranger, fellow]) link.close()
  })

  it('is met sooner or later, however many greetings are lost', async () => {
    const { transport } = localNetwork()
    const enterLossy = () => {
      let greetings = 0
      // Every second one is lost, the first one included.
      return enter(tapped(transport, ({ kind }) => kind !== 'greeting' || ++greetings % 2 === 0))
    }
    const rooms = [await enterLossy(), await enterLossy(), await enterLossy()] as const
    await rooms[0].state.set('x', 1)
    for (const { state } of rooms) expect(await state.get('x')).toBe(1)
  })
})

/** A transport whose packets are looked at, and lost where `passes` says no. */
const tapped =
  (transport: TransportFactory, passes: (packet: Packet) => boolean): TransportFactory =>
  (options) => {
    const link = transport(options)
    const send = link.send.bind(link)
    link.send = (to, bytes) => (passes(decodePacket(bytes)) ? send(to, bytes) : true)
    return link
  }

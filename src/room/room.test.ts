import { afterEach, describe, expect, it } from 'vitest'
import { ballotOf, type Message, write } from '../core/index.js'
import { type Json, type ReplicatedMap, replicatedMap, type StateDefinition } from '../state/index.js'
import { type Storage, StorageError, type StorageFactory } from '../storage/index.js'
import { memory } from '../storage/memory.js'
import type { Link, TransportFactory } from '../transport/index.js'
import { type LocalNetwork, localNetwork } from '../transport/local.js'
import { hostilePackets } from '../wire/hostile.js'
import { decodePacket, encodePacket, type Membership } from '../wire/index.js'
import { NotAMember, OutcomeUnknown, openRoom, type Room, type RoomStatus } from './index.js'

type MapRoom = Room<ReplicatedMap>

const opened: { close(): Promise<void> }[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((room) => room.close()))
})

const enter = async (transport: TransportFactory, storage: StorageFactory = memory()): Promise<MapRoom> => {
  const room = await openRoom({ name: 'room', state: replicatedMap(), storage, transport })
  opened.push(room)
  return room
}

const three = async ({ transport }: LocalNetwork): Promise<[MapRoom, MapRoom, MapRoom]> => [
  await enter(transport),
  await enter(transport),
  await enter(transport),
]

/** Resolves with the first status that fits. */
const until = ({ status }: MapRoom, fits: (status: RoomStatus) => boolean): Promise<RoomStatus> =>
  new Promise((resolve) => {
    const look = (now: RoomStatus): void => {
      if (!fits(now)) return
      unsubscribe()
      resolve(now)
    }
    const unsubscribe = status.subscribe(look)
    queueMicrotask(() => look(status.get()))
  })

const contents = ({ state }: MapRoom): Record<string, Json> => Object.fromEntries([...state.local.entries()].sort())

describe('a room of three', () => {
  it('shows everywhere what was set anywhere', async () => {
    const [a, b, c] = await three(localNetwork())
    await a.state.set('title', 'hello')
    expect(await b.state.get('title')).toBe('hello')
    expect(await c.state.get('title')).toBe('hello')
    expect(b.state.local.get('title')).toBe('hello')
  })

  it('gives a seat to exactly one of those who claim it at once', async () => {
    const rooms = await three(localNetwork())
    const claims = await Promise.all(rooms.map(({ id, state }) => state.compareAndSet('seat', undefined, id)))
    const winner = rooms[claims.findIndex(({ ok }) => ok)]?.id
    expect(claims.filter(({ ok }) => ok)).toHaveLength(1)
    for (const { state } of rooms) expect(await state.get('seat')).toBe(winner)
  })

  it('counts every one of many additions from all sides', async () => {
    const rooms = await three(localNetwork())
    await Promise.all(rooms.flatMap(({ state }) => Array.from({ length: 100 }, () => state.add('count', 1))))
    for (const { state } of rooms) expect(await state.get('count')).toBe(300)
  })

  it('carries a value of a mebibyte', async () => {
    const [a, b] = await three(localNetwork())
    const large = 'x'.repeat((1 << 20) - 100)
    await a.state.set('large', large)
    expect(await b.state.get('large')).toBe(large)
  })

  it('tells subscribers once a turn, and no more once they have left', async () => {
    const [a] = await three(localNetwork())
    let told = 0
    const leave = a.subscribe(() => told++)
    await a.state.set('x', 1)
    expect(told).toBe(1)
    leave()
    await a.state.set('x', 2)
    expect(told).toBe(1)
  })

  it('tells a fourth one that it is outside, and refuses its proposals', async () => {
    const { transport } = localNetwork()
    const rooms = await three({ transport } as LocalNetwork)
    await Promise.all(rooms.map((room) => until(room, ({ role }) => role === 'voter')))
    const fourth = await enter(transport)
    const early = fourth.state.set('x', 1)
    const refused = expect(early).rejects.toThrow(NotAMember)
    expect((await until(fourth, ({ role }) => role === 'outsider')).reason).toContain('founded by 3 others')
    await refused
    await expect(fourth.state.set('x', 1)).rejects.toThrow(NotAMember)
  })

  it('goes on with two, stops with one, and goes on where it was when they are back', async () => {
    const network = localNetwork()
    const [a, b, c] = await three(network)
    await a.state.set('x', 1)
    network.isolate(c.id)
    await a.state.add('x', 1)
    await b.state.add('x', 1)
    network.isolate(b.id)
    let answered = false
    const blocked = a.state.add('x', 1).then(() => {
      answered = true
    })
    expect((await until(a, ({ quorum }) => quorum === 'none')).suspected).toEqual([b.id, c.id].sort())
    expect(answered).toBe(false)
    network.reconnect(b.id)
    network.reconnect(c.id)
    await blocked
    for (const { state } of [a, b, c]) expect(await state.get('x')).toBe(4)
  })

  it('holds proposals until it is founded', async () => {
    const network = localNetwork()
    const first = await enter(network.transport)
    const early = first.state.add('x', 1)
    expect(first.status.get()).toMatchObject({ role: 'joining', pending: 1 })
    await enter(network.transport)
    await enter(network.transport)
    expect(await early).toEqual({ ok: true, value: 1 })
  })

  it('says that an outcome is unknown when it is closed with proposals under way', async () => {
    const network = localNetwork()
    const [a, b, c] = await three(network)
    await a.state.set('x', 1)
    network.isolate(a.id)
    const under = a.state.set('x', 2)
    const rejected = expect(under).rejects.toThrow(OutcomeUnknown)
    await a.close()
    await a.close()
    await rejected
    expect(a.status.get().role).toBe('closed')
    await expect(a.state.set('x', 3)).rejects.toThrow(NotAMember)
    expect(await b.state.get('x')).toBe(1)
    expect(await c.state.get('x')).toBe(1)
  })

  it('tells the proposer what a state machine of its own throws, and goes on', async () => {
    const { transport } = localNetwork()
    const counter: StateDefinition<() => Promise<unknown>> = {
      create(propose) {
        let count = 0
        const apply = (): number => {
          if (++count === 2) throw new RangeError('two is too many')
          return count
        }
        return { machine: { apply }, api: () => propose({ spans: [write('count')], payload: new Uint8Array() }) }
      },
    }
    const enterCounter = async () => {
      const room = await openRoom({ name: 'counter', state: counter, storage: memory(), transport })
      opened.push(room)
      return room.state
    }
    const [a, b] = [await enterCounter(), await enterCounter(), await enterCounter()]
    expect(await a()).toBe(1)
    await expect(b()).rejects.toThrow('two is too many')
    expect(await a()).toBe(3)
  })

  it('refuses a name that no relay would take, before anything is stored', async () => {
    const { transport } = localNetwork()
    const untouched = { ...memory(), open: () => Promise.reject(new Error('was opened')) }
    for (const name of ['', 'x'.repeat(129), 'half \ud800']) {
      const opening = openRoom({ name, state: replicatedMap(), storage: untouched, transport })
      await expect(opening).rejects.toThrow(TypeError)
    }
  })

  it('leaves nothing open when its state can not be made', async () => {
    const network = localNetwork()
    const broken: StateDefinition<never> = {
      create() {
        throw new Error('no state')
      },
    }
    const opening = openRoom({ name: 'room', state: broken, storage: memory(), transport: network.transport })
    await expect(opening).rejects.toThrow('no state')
    const watcher = network.transport({ room: 'room', self: { replica: 'f'.repeat(32), incarnation: 1 } })
    await new Promise<void>((resolve) => watcher.onStatus(({ state }) => state === 'open' && resolve()))
    expect(watcher.status().peers).toEqual([])
    watcher.close()
  })

  it('stops when another life has taken its identity: two of one may not vote', async () => {
    const network = localNetwork()
    const [a, b, c] = await three(network)
    await a.state.set('x', 1)
    const copy = network.transport({ room: 'room', self: { replica: a.id, incarnation: 2 } })
    expect((await until(a, ({ role }) => role === 'stopped')).reason).toContain('replaced')
    await expect(a.state.set('x', 2)).rejects.toThrow(NotAMember)
    expect(a.state.local.get('x')).toBe(1)
    await b.state.set('x', 3)
    expect(await c.state.get('x')).toBe(3)
    copy.close()
  })

  it('has one status object until something of it changes', async () => {
    const room = await enter(localNetwork().transport)
    const first = await until(room, ({ link }) => link.state === 'open')
    let told = 0
    room.status.subscribe(() => told++)
    // Alone in its room it has nobody to send to: nothing counts on, however many ticks come.
    let ticks = 0
    await new Promise<void>((resolve) => {
      const timer = setInterval(() => {
        if (++ticks < 20) return
        clearInterval(timer)
        resolve()
      }, 25)
    })
    expect(room.status.get()).toBe(first)
    expect(told).toBe(0)
  })

  it('refuses what can not be proposed, and goes on', async () => {
    const [a, b] = await three(localNetwork())
    await expect(a.state.set('k'.repeat(1025), 1)).rejects.toThrow('over the limit of 1024')
    await expect(a.state.set('half \ud800', 1)).rejects.toThrow('surrogate')
    await expect(a.state.set('x', 'y'.repeat(1 << 20))).rejects.toThrow('over the limit')
    await expect(a.state.set('x', undefined as unknown as Json)).rejects.toThrow(TypeError)
    await a.state.set('x', 1)
    expect(await b.state.get('x')).toBe(1)
    expect(contents(b)).toEqual({ x: 1 })
  })
})

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
      writeStart: (count) => storage.writeStart(count),
      writeMembership: (membership) => storage.writeMembership(membership),
      close: () => storage.close(),
      write: async (batch) => {
        this.writes++
        if (this.held !== undefined) await new Promise<void>((resolve) => this.held?.push(resolve))
        if (this.broken) throw new StorageError('quota', 'the disk is full')
        await storage.write(batch)
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

describe('a room with a member that sends nonsense', () => {
  it('counts and drops it; the honest two go on', async () => {
    const { transport } = localNetwork()
    const a = await enter(transport)
    const b = await enter(transport)
    const self = { replica: 'e'.repeat(32), incarnation: 1 }
    const link = transport({ room: 'room', self })
    let membership: Membership | undefined
    const greet = (): void => {
      const greeting = encodePacket({ kind: 'greeting', incarnation: 1, membership })
      for (const peer of link.status().peers) link.send(peer, greeting)
    }
    link.onPeer(greet)
    link.onMessage((_, bytes) => {
      const packet = decodePacket(bytes)
      if (packet.kind === 'greeting' && packet.membership !== undefined && membership === undefined) {
        membership = { ...packet.membership, founded: false }
        greet()
      }
    })
    await a.state.set('before', 1)

    let sent = 0
    for (const packet of hostilePackets()) {
      sent++
      for (const peer of link.status().peers) link.send(peer, packet)
    }
    const { group } = membership as unknown as Membership
    const [slot] = [membership as unknown as Membership].map(({ voters }) => voters.indexOf(self.replica))
    // Well formed, and no voter of this group can have sent it.
    const lies = lieMessages(slot as number)
    const lying = encodePacket({ kind: 'messages', group, incarnation: 1, messages: lies })
    for (const peer of link.status().peers) link.send(peer, lying)

    await a.state.set('after', 1)
    expect(await b.state.get('after')).toBe(1)
    expect(contents(b)).toEqual({ after: 1, before: 1 })
    for (const room of [a, b]) {
      expect(room.status.get().refused).toEqual({ packets: sent, strangers: 0, messages: lies.length })
    }
    link.close()
  })
})

/** One message for each thing that the wire can't know to be wrong. `slot` is the liar's. */
const lieMessages = (slot: number): Message[] => {
  const other = (slot + 1) % 3
  const value = {
    kind: 'commands',
    commands: [{ spans: [write('k')], payload: new Uint8Array(), session: '0'.repeat(32), sequence: 1 }],
  } as const
  const at = (number: number, row = slot) => ({ epoch: 0, instance: { slot: row, number } })
  const ballot = 16 + slot
  const theirs = 16 + other
  return [
    // Another epoch; rows that aren't there; a row of somebody else; dependencies of another group's size.
    { kind: 'pre-accept', epoch: 1, instance: { slot, number: 1 }, value, deps: [0, 0, 0] },
    { kind: 'pre-accept', ...at(1, 3), value, deps: [0, 0, 0] },
    { kind: 'pre-accept', ...at(1, other), value, deps: [0, 0, 0] },
    { kind: 'pre-accept', ...at(1), value, deps: [0, 0] },
    // Itself among its dependencies; numbers that nobody can have reached.
    { kind: 'pre-accept', ...at(1), value, deps: [9, 9, 9] },
    { kind: 'pre-accept', ...at(2 ** 40), value, deps: [0, 0, 0] },
    { kind: 'commit', ...at(1), value, deps: [2 ** 40, 2 ** 40, 2 ** 40] },
    // Ballots of others.
    { kind: 'accept', ...at(1, other), ballot: 0, value, deps: [0, 0, 0] },
    { kind: 'accept', ...at(1), ballot: theirs, value, deps: [0, 0, 0] },
    { kind: 'recover', ...at(1), ballot: theirs },
    // A ballot that would leave none above it.
    { kind: 'recover', ...at(1), ballot: ballotOf(2 ** 31, slot) },
    { kind: 'nack', ...at(1), ballot: ballotOf(2 ** 31, slot) },
    { kind: 'validate', ...at(1), ballot: theirs, value, deps: [0, 0, 0] },
    { kind: 'validate-ok', ...at(1, other), ballot, conflicts: [{ slot: 8, number: 1, committed: true }] },
    { kind: 'fetch', epoch: 0, slot: 5, from: 1, to: 2 },
    { kind: 'frontier', epoch: 0, last: 0, committed: [0, 0, 0, 0] },
  ]
}

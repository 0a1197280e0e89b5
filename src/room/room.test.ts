import { afterEach, describe, expect, it } from 'vitest'
import { write } from '../core/index.js'
import { defineState, InvalidArguments, type Json, replicatedMap } from '../state/index.js'
import { memory } from '../storage/memory.js'
import { localNetwork } from '../transport/local.js'
import { createRoom, ExecutionThrew, InvalidInvite, NotAMember, OutcomeUnknown, openRoom } from './index.js'
import { altered, closeAll, contents, found, mapOf, relayRoom, three, toBeClosed, until } from './stage.js'

afterEach(closeAll)

describe('a room of three', () => {
  it('shows everywhere what was set anywhere, to every read that begins after the answer [H15]', async () => {
    const [a, b, c] = await three()
    await mapOf(a).set('title', 'hello')
    expect(await mapOf(b).get('title')).toBe('hello')
    expect(await mapOf(c).get('title')).toBe('hello')
    expect(b.executed.get().get('title')).toBe('hello')
  })

  it('gives a seat to exactly one of those who claim it at once', async () => {
    const rooms = await three()
    const claims = await Promise.all(rooms.map((room) => mapOf(room).compareAndSet('seat', undefined, room.id)))
    const winner = rooms[claims.findIndex(({ ok }) => ok)]?.id
    expect(claims.filter(({ ok }) => ok)).toHaveLength(1)
    for (const room of rooms) expect(await mapOf(room).get('seat')).toBe(winner)
  })

  it('counts every one of many additions from all sides', async () => {
    const rooms = await three()
    await Promise.all(rooms.flatMap((room) => Array.from({ length: 100 }, () => mapOf(room).add('count', 1))))
    for (const room of rooms) expect(await mapOf(room).get('count')).toBe(300)
  })

  it('carries a value of a mebibyte', async () => {
    const [a, b] = await three()
    const large = 'x'.repeat((1 << 20) - 100)
    await mapOf(a).set('large', large)
    expect(await mapOf(b).get('large')).toBe(large)
  })

  it('tells subscribers once a turn, and no more once they have left', async () => {
    const [a] = await three()
    let told = 0
    const leave = a.executed.subscribe(() => told++)
    await mapOf(a).set('x', 1)
    expect(told).toBe(1)
    leave()
    await mapOf(a).set('x', 2)
    expect(told).toBe(1)
  })

  it('goes on with two, stops with one, and goes on where it was when they are back', async () => {
    const network = localNetwork()
    const [a, b, c] = await three(network.transport)
    await mapOf(a).set('x', 1)
    network.isolate(c.id)
    await mapOf(a).add('x', 1)
    await mapOf(b).add('x', 1)
    network.isolate(b.id)
    let answered = false
    const blocked = mapOf(a)
      .add('x', 1)
      .then(() => {
        answered = true
      })
    expect((await until(a, ({ quorum }) => quorum === 'none')).suspected).toEqual([b.id, c.id].sort())
    expect(answered).toBe(false)
    network.reconnect(b.id)
    network.reconnect(c.id)
    await blocked
    for (const room of [a, b, c]) expect(await mapOf(room).get('x')).toBe(4)
  })

  it('says that an outcome is unknown when it is closed with proposals under way', async () => {
    const network = localNetwork()
    const [a, b, c] = await three(network.transport)
    await mapOf(a).set('x', 1)
    network.isolate(a.id)
    const under = mapOf(a).set('x', 2)
    const rejected = expect(under).rejects.toThrow(OutcomeUnknown)
    const told: string[] = []
    a.status.subscribe(({ role }) => told.push(role))
    await a.close()
    await a.close()
    await rejected
    expect(told.at(-1)).toBe('closed')
    expect(a.status.get().role).toBe('closed')
    await expect(mapOf(a).set('x', 3)).rejects.toThrow(NotAMember)
    expect(await mapOf(b).get('x')).toBe(1)
    expect(await mapOf(c).get('x')).toBe(1)
  })

  it('tells the proposer what a state machine of its own throws, and goes on', async () => {
    const { transport } = localNetwork()
    const counter = defineState({
      version: 1,
      mutators: {
        count: {
          touches: (_: { most: number }) => [write('count')],
          run(tx, { most }) {
            const next = (tx.get<number>('count') ?? 0) + 1
            tx.set('count', next)
            if (next > most) throw new RangeError(`${next} is too many`)
            return next
          },
        },
      },
    })
    const { mutate } = toBeClosed(await createRoom({ state: counter, storage: memory(), transport }))
    expect(await mutate.count({ most: 9 })).toBe(1)
    await expect(mutate.count({ most: 1 })).rejects.toThrow(ExecutionThrew)
    await expect(mutate.count({ most: 1 })).rejects.toThrow('2 is too many')
    expect(await mutate.count({ most: 9 })).toBe(2)
  })

  it('refuses a relay, or a list of voters, that can not be, before anything is stored', async () => {
    const { transport } = localNetwork()
    const untouched = { ...memory(), open: () => Promise.reject(new Error('was opened')) }
    const options = { state: replicatedMap(), storage: untouched, transport }
    await expect(createRoom({ ...options, relay: 'https://elsewhere' })).rejects.toThrow(InvalidInvite)
    await expect(openRoom('no invite', options)).rejects.toThrow(InvalidInvite)
    const [id, other] = ['a'.repeat(32), 'b'.repeat(32)]
    const listed = { ...options, group: 'f'.repeat(32), id }
    for (const voters of [[], [other], [id, id], [id, 'b'], Array.from({ length: 10 }, (_, i) => `${i}`.repeat(32))]) {
      await expect(createRoom({ ...listed, voters })).rejects.toThrow(TypeError)
    }
  })

  it('leaves nothing open when its state can not be made', async () => {
    const network = localNetwork()
    let made = 0
    const definition = replicatedMap()
    const broken = {
      ...definition,
      create: () => {
        if (++made === 2) throw new Error('no state')
        return definition.create()
      },
    }
    const rooms = new Set<string>()
    const noting = altered(network.transport, (link, { room }) => {
      rooms.add(room)
      return link
    })
    const creating = createRoom({ state: broken, storage: memory(), transport: noting })
    await expect(creating).rejects.toThrow('no state')
    const [room = ''] = rooms
    const self = { replica: 'f'.repeat(32), incarnation: 1 }
    const watcher = network.transport({ room, self, relay: undefined })
    await new Promise<void>((resolve) => watcher.onStatus(({ state }) => state === 'open' && resolve()))
    expect(watcher.status().peers).toEqual([])
    watcher.close()
  })

  it('stops when another life has taken its identity: two of one may not vote', async () => {
    const network = localNetwork()
    const [a, b, c] = await three(network.transport)
    await mapOf(a).set('x', 1)
    const self = { replica: a.id, incarnation: 2 }
    const copy = network.transport({ room: relayRoom(a), self, relay: undefined })
    expect((await until(a, ({ role }) => role === 'stopped')).reason).toContain('replaced')
    await expect(mapOf(a).set('x', 2)).rejects.toThrow(NotAMember)
    expect(a.executed.get().get('x')).toBe(1)
    await mapOf(b).set('x', 3)
    expect(await mapOf(c).get('x')).toBe(3)
    copy.close()
  })

  it('has one status object until something of it changes', async () => {
    const room = await found(localNetwork().transport, { policy: false })
    await mapOf(room).set('x', 1)
    const first = await until(room, ({ link, decision }) => link.state === 'open' && decision !== undefined)
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
    const [a, b] = await three()
    await expect(mapOf(a).set('k'.repeat(1025), 1)).rejects.toThrow('over the limit of 1024')
    await expect(mapOf(a).set('half \ud800', 1)).rejects.toThrow('surrogate')
    await expect(mapOf(a).set('x', 'y'.repeat(1 << 20))).rejects.toThrow('over the limit')
    await expect(mapOf(a).set('x', undefined as unknown as Json)).rejects.toThrow(InvalidArguments)
    await mapOf(a).set('x', 1)
    expect(await mapOf(b).get('x')).toBe(1)
    expect(contents(b)).toEqual({ x: 1 })
  })
})

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { replicatedMap } from '../state/index.js'
import { Disk, Disks } from '../storage/stage.js'
import { type LocalNetwork, localNetwork } from '../transport/local.js'
import { createRoom, openRoom, type Policy, parseInvite } from './index.js'
import {
  closeAll,
  contents,
  eager,
  elsewhere,
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

/** For a network without any delay. */
const tuning = { gossipMs: 50, suspectMs: 400, slowPathDelayMs: 50, retransmitMs: 50, maxRetransmitMs: 400 }

/** A founder and so many that have joined; as many of them vote as autopilot wants. */
const grown = async ({ transport }: LocalNetwork, others: number): Promise<MapRoom[]> => {
  const rooms = [await found(transport, { tuning })]
  for (let i = 0; i < others; i++) rooms.push(await join(rooms[0]?.invite() as string, transport, { tuning }))
  for (const room of rooms) await until(room, ({ voters, role }) => voters.length === 3 && role !== 'joining')
  return rooms
}

describe('a room that one has founded', () => {
  it('executes what its founder proposes, who is alone', async () => {
    const room = await found(localNetwork().transport)
    expect(await mapOf(room).add('x', 1)).toEqual({ ok: true, value: 1 })
    const { voters, role, epoch, survives, quorum } = await until(room, ({ quorum }) => quorum === 'fast')
    expect({ voters, role, epoch, survives, quorum }).toEqual({
      voters: [room.id],
      role: 'voter',
      epoch: 0,
      survives: 0,
      quorum: 'fast',
    })
  })

  it('is told to one who joins as others know it, before any state has come', async () => {
    const { transport } = localNetwork()
    const first = await found(tapped(transport, (packet) => packet.kind === 'greeting'))
    const second = await join(first.invite(), transport)
    const { members } = await until(second, ({ members }) => members.length === 2)
    expect(members.map(({ id, role }) => [id, role]).sort()).toEqual(
      [
        [first.id, 'voter'],
        [second.id, 'joining'],
      ].sort(),
    )
  })

  it('gives its state to whoever comes by its invite, who proposes through it', async () => {
    const { transport } = localNetwork()
    const first = await found(transport)
    await mapOf(first).set('x', 1)
    const second = await join(`https://elsewhere.example/#${first.invite()}`, transport)
    expect(await mapOf(second).add('x', 1)).toEqual({ ok: true, value: 2 })
    expect(await mapOf(first).get('x')).toBe(2)
    expect(second.id).not.toBe(first.id)
    expect(second.invite()).toBe(first.invite())
    expect(parseInvite(second.invite()).group).toBe(first.status.get().group)
    const status = await until(second, ({ role }) => role === 'observer')
    expect(status).toMatchObject({ epoch: 0, voters: [first.id], pending: 0 })
  })

  it('says plainly that two are not safer than one', async () => {
    const { transport } = localNetwork()
    const first = await found(transport)
    const second = await join(first.invite(), transport)
    const stops = 'The room stops when its one voter'
    const own = await until(first, ({ advice }) => advice !== undefined)
    expect(own.advice).toContain(`${stops}, this member, closes`)
    expect(own.survives).toBe(0)
    const { advice } = await until(second, ({ advice }) => advice !== undefined)
    expect(advice).toContain(`${stops}, member ${first.id.slice(0, 4)}, closes`)
  })

  it('holds what is proposed while joining until the state has come', async () => {
    const network = localNetwork()
    const first = await found(network.transport)
    network.isolate(first.id)
    const second = await join(first.invite(), network.transport)
    const early = mapOf(second).add('x', 1)
    expect(second.status.get()).toMatchObject({ role: 'joining', pending: 1, epoch: undefined, voters: [] })
    network.reconnect(first.id)
    expect(await early).toEqual({ ok: true, value: 1 })
    expect(contents(first)).toEqual({ x: 1 })
  })

  it('is not founded by those who open its invite while nobody of it is there: they say so, and wait [H19]', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const options = { state: replicatedMap(), storage, transport }
    const founder = await createRoom(options)
    await mapOf(founder).set('x', 1)
    await founder.close()
    const openers = [await join(founder.invite(), transport), await join(founder.invite(), transport)]
    for (const opener of openers) {
      // They have met each other, and know that neither has the state.
      const status = await until(opener, ({ members }) => members.length === 2)
      expect(status).toMatchObject({ role: 'joining', epoch: undefined, quorum: 'none' })
      expect(status.reason).toContain('nobody')
    }
    const again = toBeClosed(await openRoom(founder.invite(), options))
    for (const opener of openers) expect(await mapOf(opener).get('x')).toBe(1)
    expect(again.id).toBe(founder.id)
  })

  it('tells how much of its state has come to a newcomer, and what was done meanwhile', async () => {
    const { transport } = localNetwork()
    const first = await found(transport)
    const value = 'x'.repeat(1 << 19)
    for (let i = 0; i < 16; i++) await mapOf(first).set(`large ${i}`, value)
    const second = await join(first.invite(), transport)
    const seen: number[] = []
    const watched = second.status.subscribe(({ snapshot }) => {
      if (snapshot !== undefined) seen.push(snapshot.done / snapshot.bytes)
    })
    await until(second, ({ snapshot }) => snapshot !== undefined)
    await mapOf(first).set('meanwhile', 1)
    expect(await mapOf(second).get('meanwhile')).toBe(1)
    watched()
    expect(second.executed.get().get('large 15')).toBe(value)
    expect(seen.every((part) => part >= 0 && part <= 1)).toBe(true)
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })
})

describe('a room that looks after itself', () => {
  it('has three voters once three are there, and survives the loss of any one', async () => {
    const rooms = await grown(localNetwork(), 2)
    for (const room of rooms) {
      const status = await until(room, (it) => it.role === 'voter' && it.survives === 1 && it.decision !== undefined)
      expect(status.voters).toEqual(rooms.map(({ id }) => id).sort())
      expect(status.members).toEqual(
        status.voters.map((id) => ({ id, role: 'voter', durable: false, sharesPlace: false, silent: false })),
      )
    }
    await Promise.all(rooms.map((room) => mapOf(room).add('x', 1)))
    expect(await mapOf(rooms[0]).get('x')).toBe(3)
  })

  it('has an observer take the place of a voter that has gone without a word, who comes back as an observer', async () => {
    const network = localNetwork()
    const rooms = await grown(network, 3)
    const isVoter = ({ id }: MapRoom): boolean => rooms[0]?.status.get().voters.includes(id) ?? false
    const [lost] = rooms.filter(isVoter) as [MapRoom]
    const others = rooms.filter((room) => room !== lost)
    network.isolate(lost.id)
    for (const room of others) await until(room, ({ voters, role }) => !voters.includes(lost.id) && role === 'voter')
    await mapOf(others[0]).set('after', 1)
    expect(lost.executed.get().get('after')).toBeUndefined()
    network.reconnect(lost.id)
    await until(lost, ({ role }) => role === 'observer')
    expect(await mapOf(lost).get('after')).toBe(1)
    expect(await mapOf(lost).add('after', 1)).toEqual({ ok: true, value: 2 })
  }, 30_000)

  it('keeps its one voter when both newcomers close as they are about to vote [H29]', async () => {
    const { transport } = localNetwork()
    let wanted = 0
    let asked: number | undefined
    const policy: Policy = (view) => {
      const decision = eager(view)
      wanted = decision.voters?.length ?? 1
      // Held back until they are gone.
      if (asked === undefined) return { ...decision, voters: undefined }
      asked++
      return decision
    }
    const first = await found(transport, { tuning, policy })
    await mapOf(first).set('x', 1)
    const newcomers = [
      await join(first.invite(), transport, { tuning }),
      await join(first.invite(), transport, { tuning }),
    ]
    await vi.waitUntil(() => wanted === 3, { timeout: 10_000 })
    for (const room of newcomers) await room.close()
    asked = 0
    await vi.waitUntil(() => asked === 2, { timeout: 10_000 })
    expect(await mapOf(first).add('x', 1)).toEqual({ ok: true, value: 2 })
    expect(first.status.get()).toMatchObject({ voters: [first.id], quorum: 'fast' })
  })

  it('takes a tab whose storage was wiped for a new member [H14]', async () => {
    const { transport } = localNetwork()
    const first = await found(transport, { tuning })
    const storage = new Disks()
    const second = await join(first.invite(), transport, { storage, tuning })
    await mapOf(second).set('x', 1)
    await second.close()
    const { group } = first.status.get()
    storage.put(group, second.id, new Disk())
    const third = await join(first.invite(), transport, { storage, tuning })
    expect(third.id).not.toBe(second.id)
    expect(await mapOf(third).get('x')).toBe(1)
  })

  it('goes on in its last epoch when all are started again', async () => {
    const network = localNetwork()
    const { transport } = network
    const disks = [0, 1, 2].map((i) => new Disks(`${i}`.repeat(32)))
    const equipment = (i: number) => ({ storage: disks[i] as Disks, tuning })
    const first = await found(transport, equipment(0))
    const invite = first.invite()
    const rooms = [first, await join(invite, transport, equipment(1)), await join(invite, transport, equipment(2))]
    for (const room of rooms) await until(room, ({ voters, role }) => voters.length === 3 && role === 'voter')
    await mapOf(first).set('x', 1)
    const { epoch } = first.status.get()
    // All at once, as when a machine loses its power.
    for (const { id } of rooms) network.isolate(id)
    await Promise.all(rooms.map((room) => room.close()))
    for (const { id } of rooms) network.reconnect(id)
    const again = await Promise.all(disks.map((_, i) => join(invite, transport, equipment(i))))
    expect(again.map(({ id }) => id)).toEqual(rooms.map(({ id }) => id))
    await mapOf(again[2]).add('x', 1)
    for (const room of again) expect(await mapOf(room).get('x')).toBe(2)
    expect(again[0]?.status.get().epoch).toBe(epoch)
  })

  it('counts members of one place as one: they would fall together', async () => {
    const { transport } = localNetwork()
    const [storage, other] = [elsewhere(), elsewhere()]
    const first = await found(transport, { storage, tuning })
    const second = await join(first.invite(), transport, { storage, tuning })
    const third = await join(first.invite(), transport, { storage: other, tuning })
    const { members, voters } = await until(first, ({ members }) => members.length === 3)
    expect(members.filter(({ sharesPlace }) => sharesPlace).map(({ id }) => id)).toEqual([first.id, second.id].sort())
    expect(members.find(({ id }) => id === third.id)?.sharesPlace).toBe(false)
    expect(voters).toHaveLength(1)
  })
})

it('has observers and voters introduce themselves to each other, and not observers to observers', async () => {
  const count = 40
  const sent = new Map<string, number>()
  const { transport } = localNetwork()
  const counting = tapped(transport, ({ kind }, { replica }) => {
    if (kind === 'greeting') sent.set(replica, (sent.get(replica) ?? 0) + 1)
    return true
  })
  const server = await new Servers(counting, 1).start(0)
  const observers: MapRoom[] = []
  while (observers.length < count) observers.push(await join(server.invite(), counting))
  for (const room of observers) await mapOf(room).add('x', 1)
  expect(await mapOf(server).get('x')).toBe(count)
  // Of those that were there it greets four, of whom one tells it of the voter; that one it greets as a member, too.
  expect([...sent.values()].reduce((a, b) => a + b, 0)).toBeLessThan(12 * count)
  const { members } = await until(server, ({ members }) => members.length === count + 1)
  expect(members.filter(({ role }) => role === 'observer')).toHaveLength(count)
}, 30_000)

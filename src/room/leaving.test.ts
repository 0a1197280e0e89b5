import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Disks } from '../storage/stage.js'
import type { TransportFactory } from '../transport/index.js'
import { localNetwork } from '../transport/local.js'
import { LastVoter, NotAMember, type Policy } from './index.js'
import { altered, closeAll, found, join, Locks, mapOf, Servers, tapped, three, until } from './stage.js'

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() })
})
afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

/** For a network without any delay. */
const tuning = { gossipMs: 50, suspectMs: 400, slowPathDelayMs: 50, retransmitMs: 50, maxRetransmitMs: 400 }

/** Seals towards the member that is named, once it is named. */
const towards = (next: { id?: string }): Policy => {
  return ({ configuration }) => ({
    voters: next.id === undefined || configuration.voters[0] === next.id ? undefined : [next.id],
    stateVersion: configuration.stateVersion,
    reason: 'so it is written',
  })
}

/** What is sent to one member is lost. */
const losing = (transport: TransportFactory, deaf: { id?: string }): TransportFactory =>
  altered(transport, (link) => {
    const send = link.send.bind(link)
    link.send = (to, bytes) => to.replica === deaf.id || send(to, bytes)
    link.sendAll = (to, bytes) => {
      for (const one of to) link.send(one, bytes)
    }
    return link
  })

describe('a voter that was replaced', () => {
  it.each(['leave', 'close'] as const)(
    'stays, asked to %s, until the next one has what it begins with',
    async (how) => {
      const { transport } = localNetwork()
      const [next, deaf]: [{ id?: string }, { id?: string }] = [{}, {}]
      const policy = towards(next)
      const first = await found(losing(transport, deaf), { policy, tuning })
      const second = await join(first.invite(), transport, { policy, tuning })
      await mapOf(second).set('x', 1)
      next.id = deaf.id = second.id
      await until(first, ({ role }) => role === 'observer')
      const gone = first[how]()
      delete deaf.id
      await mapOf(second).add('x', 1)
      expect(await mapOf(second).get('x')).toBe(2)
      await gone
    },
  )

  it('and has gone is no more than a name: who missed its last word finds the next voter among those it has met', async () => {
    const { transport } = localNetwork()
    const [next, deaf]: [{ id?: string }, { id?: string }] = [{}, {}]
    const policy = towards(next)
    const first = await found(losing(transport, deaf), { policy, tuning })
    const second = await join(first.invite(), transport, { policy, tuning })
    const third = await join(first.invite(), transport, { policy, tuning })
    await mapOf(second).set('x', 1)
    expect(await mapOf(third).get('x')).toBe(1)
    deaf.id = third.id
    next.id = second.id
    await first.leave()
    await until(second, ({ role }) => role === 'voter')
    await mapOf(third).add('x', 1)
    expect(await mapOf(second).get('x')).toBe(2)
  })
})

describe('a voter that leaves', () => {
  it('hands over to an observer first, and never comes back under its id', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const first = await found(transport, { storage, tuning })
    const second = await join(first.invite(), transport, { tuning })
    await mapOf(second).set('x', 1)
    await first.leave()
    expect(first.status.get().role).toBe('closed')
    const { voters } = await until(second, ({ role }) => role === 'voter')
    expect(voters).toEqual([second.id])
    await mapOf(second).add('x', 1)
    const again = await join(second.invite(), transport, { storage, tuning })
    expect(again.id).not.toBe(first.id)
    expect(await mapOf(again).get('x')).toBe(2)
  })

  it('is replaced where three vote, or the room does with fewer', async () => {
    const { transport } = localNetwork()
    const first = await found(transport, { tuning })
    const others = [
      await join(first.invite(), transport, { tuning }),
      await join(first.invite(), transport, { tuning }),
    ]
    for (const room of [first, ...others]) await until(room, ({ voters }) => voters.length === 3)
    await first.leave()
    for (const room of others) await until(room, ({ voters }) => !voters.includes(first.id))
    await mapOf(others[0]).set('after', 1)
    expect(await mapOf(others[1]).get('after')).toBe(1)
  })

  it('is told that it is the last one where nobody is there to take over, and stays', async () => {
    const room = await found(localNetwork().transport, { tuning })
    await expect(room.leave()).rejects.toThrow(LastVoter)
    await mapOf(room).set('x', 1)
    expect(room.status.get().role).toBe('voter')
  })

  it('goes all the same when forced, and its state with it', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const room = await found(transport, { storage, tuning })
    await mapOf(room).set('x', 1)
    await room.leave({ force: true })
    await expect(mapOf(room).set('x', 2)).rejects.toThrow(NotAMember)
    const again = await join(room.invite(), transport, { storage, tuning })
    expect(again.id).not.toBe(room.id)
    expect(again.status.get().role).toBe('joining')
  })

  it('can not be replaced where the voters are listed, or where too few of them are there', async () => {
    const network = localNetwork()
    const [a] = await three(network.transport)
    await expect(a.leave()).rejects.toThrow(LastVoter)
    const alone = await found(network.transport, { policy: false })
    await expect(alone.leave()).rejects.toThrow(LastVoter)
  })

  it('goes at once where it does not vote', async () => {
    const { transport } = localNetwork()
    const server = await new Servers(transport, 1).start(0)
    const observer = await join(server.invite(), transport, { tuning })
    await mapOf(observer).set('x', 1)
    await observer.leave()
    await observer.leave()
    await mapOf(server).set('x', 2)
    expect(server.status.get().voters).toEqual([server.id])
  })
})

describe('a room that is closed', () => {
  it('first hands over, as the only voter, to a member that has caught up', async () => {
    const { transport } = localNetwork()
    const first = await found(transport, { tuning })
    const second = await join(first.invite(), transport, { tuning })
    await mapOf(second).set('x', 1)
    await first.close()
    await until(second, ({ role }) => role === 'voter')
    expect(await mapOf(second).add('x', 1)).toEqual({ ok: true, value: 2 })
  })

  it('hands nothing over from a disk to a member that keeps nothing: it comes back itself', async () => {
    const { transport } = localNetwork()
    const storage = new Disks()
    const first = await found(transport, { storage, tuning })
    const second = await join(first.invite(), transport, { tuning })
    await mapOf(second).set('x', 1)
    await first.close()
    const { advice } = await until(second, ({ quorum }) => quorum === 'none')
    expect(advice).toContain('the only voter is away')
    const again = await join(first.invite(), transport, { storage, tuning })
    expect(again.id).toBe(first.id)
    expect(await mapOf(second).add('x', 1)).toEqual({ ok: true, value: 2 })
  })

  it('says goodbye: the others know at once that it is gone', async () => {
    const [a, b, c] = await three()
    await mapOf(a).set('x', 1)
    await c.close()
    const { members } = await until(a, ({ members }) => members.some(({ silent }) => silent))
    expect(members.filter(({ silent }) => silent).map(({ id }) => id)).toEqual([c.id])
    expect(await mapOf(b).get('x')).toBe(1)
  })

  it('says goodbye when its page goes for good, not when that may be shown again', async () => {
    const page = new EventTarget()
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    const hide = (persisted: boolean): void => {
      page.dispatchEvent(Object.assign(new Event('pagehide'), { persisted }))
    }
    const { transport } = localNetwork()
    const heard: string[] = []
    const listening = tapped(transport, (packet) => {
      if (packet.kind === 'messages') heard.push(...packet.messages.map(({ kind }) => kind))
      return true
    })
    const [a, b] = await three(listening)
    await mapOf(a).set('x', 1)
    expect(await mapOf(b).get('x')).toBe(1)
    hide(true)
    expect(heard).not.toContain('goodbye')
    hide(false)
    expect(heard.filter((kind) => kind === 'goodbye').length).toBeGreaterThanOrEqual(6)
    await closeAll()
    const before = heard.length
    hide(false)
    expect(heard).toHaveLength(before)
  })
})

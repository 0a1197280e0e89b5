import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { read, readRange } from '../../core/index.js'
import { QueueFull } from '../../member/index.js'
import { type LocalNetwork, localNetwork } from '../../transport/local.js'
import { LastVoter, NotAMember, OutcomeUnknown } from '../errors.js'
import { contents, eager, found, join, until } from '../stage.js'
import { TAB_PROTOCOL } from './messages.js'
import { Origin, type Tab } from './stage.js'

let network: LocalNetwork
let origin: Origin
beforeEach(() => {
  network = localNetwork()
  origin = new Origin(network.transport)
})
afterEach(() => origin.close())

/** Waits until what a room has executed fits. */
const executed = ({ room }: Tab, fits: (contents: Readonly<Record<string, unknown>>) => boolean): Promise<void> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (!fits(contents(room))) return
      unsubscribe()
      resolve()
    }
    const unsubscribe = room.executed.subscribe(look)
    look()
  })

/** Adds 1 so often, all at once, to a few keys; resolves when all are answered. */
const addMany = async ({ room }: Tab, count: number, of: string): Promise<void> => {
  await Promise.all(Array.from({ length: count }, (_, i) => room.mutate.add({ key: `${of} ${i % 3}`, by: 1 })))
}

const sum = ({ room }: Tab, of: string): number =>
  Object.entries(contents(room)).reduce((sum, [key, value]) => (key.startsWith(of) ? sum + Number(value) : sum), 0)

/** What the tabs of this room meet on. */
const channelOf = ({ room }: Tab): BroadcastChannel => new BroadcastChannel(`epaxos/${room.status.get().group}`)

const isHost = ({ room }: Tab): boolean => room.status.get().tab === 'host'
const untilHost = async (tab: Tab): Promise<void> => {
  await until(tab.room, (status) => status.tab === 'host')
}

describe('the tabs of one origin', () => {
  it('are one member, and each executes what was called in any of them', async () => {
    const host = await origin.found()
    const [b, c] = [await origin.open(host), await origin.open(host)]
    for (const tab of [b, c]) {
      expect(tab.room.id).toBe(host.room.id)
      expect(tab.room.status.get()).toMatchObject({ tab: 'guest', role: 'voter', incarnation: 1 })
    }
    expect(host.room.status.get().members).toHaveLength(1)
    await host.room.mutate.set({ key: 'a', value: 1 })
    await b.room.mutate.set({ key: 'b', value: 2 })
    await c.room.mutate.set({ key: 'c', value: 3 })
    for (const tab of [host, b, c]) {
      await executed(tab, ({ a, b, c }) => a === 1 && b === 2 && c === 3)
      expect(tab.room.invite()).toBe(host.room.invite())
    }
  })

  it('are told what a call has come to where it was called: its result, a refusal, or what it threw', async () => {
    const host = await origin.found()
    const guest = await origin.open(host)
    expect(await guest.room.mutate.add({ key: 'n', by: 2 })).toEqual({ ok: true, value: 2 })
    expect(await guest.room.mutate.compareAndSet({ key: 'n', expected: 3, wanted: 4 })).toMatchObject({ ok: false })
    expect(await guest.room.mutate.get({ key: 'n' })).toBe(2)
    expect(await guest.room.mutate.delete({ key: 'n' })).toBe(true)
  })

  it('show a call at once in the tab where it was made, with its stages, and no other before it is executed', async () => {
    const host = await origin.found()
    const guest = await origin.open(host)
    const call = guest.room.mutate.set({ key: 'a', value: 1 })
    expect(guest.room.state.get().get('a')).toBe(1)
    expect(guest.room.executed.get().get('a')).toBeUndefined()
    expect(guest.room.pending.get()).toEqual([call])
    expect(host.room.state.get().get('a')).toBeUndefined()
    const stages: string[] = [call.stage]
    call.subscribe((stage) => stages.push(stage))
    await call.local
    await call
    expect(stages).toEqual(['local', 'committed', 'executed'])
    expect(guest.room.executed.get().get('a')).toBe(1)
    expect(guest.room.pending.get()).toEqual([])
  })

  it('have all of a state that was there before they were opened, however large', async () => {
    const host = await origin.found()
    for (let i = 0; i < 30; i++) await host.room.mutate.set({ key: `k${i}`, value: 'x'.repeat(100_000) })
    const burst = addMany(host, 300, 'n')
    const guest = await origin.open(host)
    await burst
    await executed(guest, () => sum(guest, 'n') === 300)
    expect(contents(guest.room)).toEqual(contents(host.room))
  })

  it('read in their own place in the order', async () => {
    const host = await origin.found()
    const guest = await origin.open(host)
    await host.room.mutate.set({ key: 'a', value: 1 })
    expect(await guest.room.read([read('a')], (tx) => tx.get('a'))).toBe(1)
    const calls = Array.from({ length: 50 }, (_, i) => guest.room.mutate.set({ key: `k${i}`, value: i }))
    const seen = await guest.room.read([readRange('k', 'l')], (tx) => [...tx.scan({ from: 'k', to: 'l' })].length)
    await Promise.all(calls)
    expect(seen).toBe(50)
    await expect(guest.room.read([read('a')], (tx) => tx.get('b'))).rejects.toMatchObject({ name: 'UndeclaredKey' })
  })

  it('are members of their own where they are to be', async () => {
    const first = await origin.found({ tabs: 'separate' })
    const second = await origin.open(first, { tabs: 'separate' })
    expect(second.room.id).not.toBe(first.room.id)
    expect(second.room.status.get().tab).toBe('host')
  })

  it('show each other what they show, and nothing any more when they are closed, or killed', async () => {
    const host = await origin.found()
    const [b, c] = [await origin.open(host), await origin.open(host)]
    const shown = async (tab: Tab, ...values: readonly string[]): Promise<void> => {
      await new Promise<void>((resolve) => {
        const look = (): void => {
          const present = tab.room.presence.get().map(({ value }) => String(value))
          if (present.sort().join() !== values.join()) return
          unsubscribe()
          resolve()
        }
        const unsubscribe = tab.room.presence.subscribe(look)
        look()
      })
    }
    host.room.presence.set('ada')
    b.room.presence.set('bob')
    c.room.presence.set('cyd')
    for (const tab of [host, b, c]) await shown(tab, 'ada', 'bob', 'cyd')
    expect(b.room.presence.get().filter(({ self }) => self)).toMatchObject([{ value: 'bob', member: host.room.id }])
    expect(() => b.room.presence.set('x'.repeat(5000))).toThrow(TypeError)
    await b.close()
    for (const tab of [host, c]) await shown(tab, 'ada', 'cyd')
    c.crash()
    await shown(host, 'ada')
  })
})

describe('when the tab that holds the member', () => {
  it('is closed, another takes over as the same member, and goes on with what was called, in all of them', async () => {
    const host = await origin.found()
    const [b, c] = [await origin.open(host), await origin.open(host)]
    const bursts = [addMany(b, 300, 'b'), addMany(c, 300, 'c')]
    const own = Array.from({ length: 50 }, () => host.room.mutate.add({ key: 'own', by: 1 }))
    const answers = Promise.allSettled(own)
    // It takes its time: what others call meanwhile is for the next one.
    let written = (): void => {}
    origin.diskOf(host).gate = new Promise((resolve) => {
      written = resolve
    })
    const closing = host.room.close()
    await until(host.room, ({ role }) => role === 'closed')
    const channel = channelOf(host)
    const asked = new Promise((resolve) => {
      channel.onmessage = resolve
    })
    bursts.push(addMany(b, 30, 'b'))
    await asked
    await new Promise(setImmediate)
    channel.close()
    written()
    await closing
    for (const answer of await answers) {
      if (answer.status === 'rejected') expect(answer.reason).toBeInstanceOf(OutcomeUnknown)
    }
    await Promise.all(bursts)
    for (const tab of [b, c]) {
      await executed(tab, ({ own }) => own === 50 && sum(tab, 'b') === 330 && sum(tab, 'c') === 300)
      expect(tab.room.id).toBe(host.room.id)
    }
    expect([b, c].filter(isHost)).toHaveLength(1)
    expect(b.room.status.get()).toMatchObject({ role: 'voter', incarnation: 2, pending: 0 })
  })

  it.each([1, 2, 3, 5, 8, 13, 21, 34])(
    'is killed %i ms into a burst, nothing is lost, and nothing done twice',
    async (ms) => {
      const host = await origin.found()
      const disk = origin.diskOf(host)
      // So slow that some of what is under way is not durable.
      disk.committed = () => {
        disk.gate = new Promise((resolve) => setImmediate(resolve))
      }
      const [b, c] = [await origin.open(host), await origin.open(host)]
      const bursts = [addMany(b, 200, 'b'), addMany(c, 200, 'c')]
      const later = new Promise<void>((resolve) => setTimeout(resolve, ms)).then(() => {
        host.crash()
        return Promise.all([addMany(b, 50, 'b'), addMany(c, 50, 'c')])
      })
      await Promise.all([...bursts, later])
      for (const tab of [b, c]) await executed(tab, () => sum(tab, 'b') + sum(tab, 'c') >= 500)
      expect([sum(b, 'b'), sum(b, 'c'), sum(c, 'b'), sum(c, 'c')]).toEqual([250, 250, 250, 250])
    },
  )

  it('is killed when it has only kept a call, the next one carries it out, though the tab that made it brings it again', async () => {
    const host = await origin.found()
    const [b, c] = [await origin.open(host), await origin.open(host)]
    const disk = origin.diskOf(host)
    const kept = new Promise<void>((resolve) => {
      disk.committed = () => {
        host.crash()
        resolve()
      }
    })
    const call = c.room.mutate.add({ key: 'n', by: 1 })
    // It hears of nothing before the next one has carried it out.
    queueMicrotask(() => c.pause())
    await kept
    await executed(b, ({ n }) => n === 1)
    c.resume()
    expect(await call).toEqual({ ok: true, value: 1 })
    expect(await c.room.mutate.add({ key: 'm', by: 1 })).toEqual({ ok: true, value: 1 })
    for (const tab of [b, c]) await executed(tab, ({ n, m }) => n === 1 && m === 1)
  })

  it('is killed before anything is durable, has sent no call of another tab, which brings it to the next one', async () => {
    const voter = await found(origin.transport, { policy: false })
    const host = await origin.open({ room: voter }, { autopilot: false })
    const guest = await origin.open({ room: voter })
    await until(guest.room, ({ role }) => role === 'observer')
    origin.diskOf(host).gate = new Promise(() => {})
    const call = guest.room.mutate.add({ key: 'n', by: 1 })
    await until(host.room, ({ pending }) => pending === 1)
    // Its own ones it may send at once: nobody would bring them again.
    await host.room.mutate.add({ key: 'own', by: 1 })
    expect(contents(voter)).toEqual({ own: 1 })
    host.crash()
    expect(await call).toEqual({ ok: true, value: 1 })
    expect(contents(guest.room)).toEqual({ own: 1, n: 1 })
    await voter.close()
  })

  it('is killed, and the next one can not open its storage, that one stops, and another takes over', async () => {
    const host = await origin.found()
    const [b, c] = [await origin.open(host), await origin.open(host)]
    vi.spyOn(origin.disks, 'open').mockRejectedValueOnce(new Error('the disk is broken'))
    const lost = b.room.mutate.add({ key: 'n', by: 1 })
    host.crash()
    await expect(lost).rejects.toThrow(OutcomeUnknown)
    expect(b.room.status.get()).toMatchObject({
      role: 'stopped',
      reason: expect.stringContaining('the disk is broken'),
    })
    await c.room.mutate.set({ key: 'a', value: 1 })
    expect(c.room.status.get()).toMatchObject({ role: 'voter', tab: 'host' })
  })

  it('is given another state as a whole, all others get that, too', async () => {
    const founder = await found(network.transport, { policy: false })
    for (let i = 0; i < 20; i++) await founder.mutate.set({ key: `k${i}`, value: i })
    network.isolate(founder.id)
    const host = await origin.open({ room: founder }, { autopilot: false })
    const guest = await origin.open({ room: founder })
    expect(guest.room.status.get().role).toBe('joining')
    network.reconnect(founder.id)
    await executed(guest, ({ k19 }) => k19 === 19)
    expect(contents(guest.room)).toEqual(contents(host.room))
    await founder.close()
  })

  it('is killed, and the next one, and the one after that, the last of them has done it all once', async () => {
    const tabs = [await origin.found()]
    for (let i = 0; i < 3; i++) tabs.push(await origin.open(tabs[0] as Tab))
    const last = tabs[3] as Tab
    let isOver = false
    let called = 0
    const burst = (async () => {
      while (!isOver) {
        called += 60
        await addMany(last, 60, 'n')
      }
    })()
    for (const tab of tabs.slice(0, 3)) {
      await untilHost(tab)
      const before = called
      await executed(last, () => sum(last, 'n') > before)
      tab.crash()
    }
    await untilHost(last)
    isOver = true
    await burst
    expect(sum(last, 'n')).toBe(called)
    expect(last.room.status.get()).toMatchObject({ role: 'voter', incarnation: 4 })
  })
})

describe('a tab that uses the member of another one', () => {
  it('is told when too much waits there', async () => {
    const host = await origin.found({ queue: { proposals: 20 } })
    const guest = await origin.open(host)
    const calls = Array.from({ length: 40 }, () => guest.room.mutate.add({ key: 'n', by: 1 }))
    const outcomes = await Promise.allSettled(calls)
    const refused = outcomes.filter(({ status }) => status === 'rejected')
    expect(refused).toHaveLength(20)
    for (const outcome of refused) {
      expect(outcome).toMatchObject({ reason: { name: 'QueueFull', proposals: 20 } })
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(QueueFull)
    }
    expect(contents(guest.room)).toEqual({ n: 20 })
    expect(guest.room.state.get().get('n')).toBe(20)
  })

  it('is told at once when too much waits here', async () => {
    const host = await origin.found()
    const guest = await origin.open(host, { queue: { proposals: 2 } })
    host.freeze()
    for (let i = 0; i < 2; i++) guest.room.mutate.add({ key: 'n', by: 1 }).catch(() => {})
    await expect(guest.room.mutate.add({ key: 'n', by: 1 })).rejects.toThrow(QueueFull)
  })

  it('says that the tab which holds it does not answer, and goes on when another has taken over', async () => {
    const host = await origin.found()
    const guest = await origin.open(host)
    host.freeze()
    const call = guest.room.mutate.set({ key: 'a', value: 1 })
    const { waiting } = await until(guest.room, ({ waiting }) => waiting !== undefined)
    expect(waiting).toContain('does not answer')
    const third = await origin.open(guest)
    expect(third.room.status.get()).toMatchObject({ tab: 'guest', role: 'joining', id: host.room.id })
    host.crash()
    await call
    expect(contents(guest.room)).toEqual({ a: 1 })
    expect(guest.room.status.get().waiting).toBeUndefined()
    await executed(third, ({ a }) => a === 1)
  })

  it('leaves its calls with the member when it is closed, and they are executed', async () => {
    const host = await origin.found()
    const guest = await origin.open(host)
    const calls = Array.from({ length: 100 }, () => guest.room.mutate.add({ key: 'n', by: 1 }))
    const outcomes = Promise.allSettled(calls)
    await guest.room.close()
    for (const outcome of await outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(OutcomeUnknown)
    }
    await executed(host, ({ n }) => n === 100)
    expect(guest.room.status.get()).toMatchObject({ role: 'closed', reason: 'the room was closed here' })
    await expect(guest.room.mutate.add({ key: 'n', by: 1 })).rejects.toThrow(NotAMember)
  })

  it('has the member leave, for all tabs', async () => {
    const host = await origin.found({ autopilot: eager })
    const [b, c] = [await origin.open(host), await origin.open(host)]
    await expect(b.room.leave()).rejects.toThrow(LastVoter)
    await b.room.mutate.set({ key: 'a', value: 1 })
    await b.room.leave({ force: true })
    for (const { room } of [host, b, c]) {
      await until(room, ({ role }) => role === 'closed')
      await expect(room.mutate.set({ key: 'a', value: 2 })).rejects.toThrow(NotAMember)
      expect(room.status.get().reason).toBe('this member has left the room')
    }
  })

  it('has the member remove another one, and look at its connections', async () => {
    const host = await origin.found({ autopilot: eager })
    const guest = await origin.open(host)
    const other = await join(host.room.invite(), network.transport)
    await until(other, ({ role }) => role === 'observer')
    await until(guest.room, ({ members }) => members.some(({ id }) => id === other.id))
    const { peers } = await guest.room.diagnose()
    expect(peers).toMatchObject([{ id: other.id, path: 'local', introduced: true, findings: [] }])
    await guest.room.remove(other.id)
    await until(other, ({ role }) => role === 'stopped')
    await expect(guest.room.remove(host.room.id)).rejects.toThrow(TypeError)
  })

  it('ends with the tab that holds it where that has the member leave', async () => {
    const host = await origin.found()
    const guest = await origin.open(host)
    await host.room.leave({ force: true })
    await until(guest.room, ({ role }) => role === 'closed')
  })
})

describe('on the channel of the tabs', () => {
  it('a tab of another version is told of by those that use the member', async () => {
    const host = await origin.found()
    const guest = await origin.open(host)
    const channel = channelOf(host)
    channel.postMessage([99, new Uint8Array(3)])
    const { reason, advice } = await until(guest.room, ({ reason }) => reason !== undefined)
    expect(reason).toContain('reload all tabs')
    expect(advice).toContain('reload all tabs')
    // That tab hears of this version, too.
    const heard = new Promise((resolve) => {
      channel.onmessage = ({ data }) => resolve(data)
    })
    channel.postMessage([99, new Uint8Array(3)])
    expect(await heard).toMatchObject([TAB_PROTOCOL, expect.any(Uint8Array)])
    channel.close()
  })

  it('whatever else is said there is passed over', async () => {
    const host = await origin.found()
    const guest = await origin.open(host)
    const channel = channelOf(host)
    const garbage = [
      null,
      1,
      'x',
      {},
      [],
      [1],
      [TAB_PROTOCOL, 2],
      [TAB_PROTOCOL, new Uint8Array(0)],
      [TAB_PROTOCOL, new Uint8Array(50).fill(0x82)],
    ]
    for (const one of garbage) channel.postMessage(one)
    await guest.room.mutate.set({ key: 'a', value: 1 })
    expect(contents(host.room)).toEqual({ a: 1 })
    expect(guest.room.status.get().reason).toBeUndefined()
    channel.close()
  })
})

import { describe, expect, it } from 'vitest'
import { write } from '../../core/index.js'
import type { Room } from '../../room/index.js'
import { type AnyState, defineState, refuse } from '../../state/index.js'
import { TimeIsUp, testWorld, type World } from '../index.js'

const seats = defineState({
  version: 1,
  mutators: {
    claimSeat: {
      touches: ({ seat }: { seat: number }) => [write(`seat/${seat}`)],
      run(tx, { seat }) {
        const by = tx.get<string>(`seat/${seat}`)
        if (by !== undefined) return refuse('taken', { by })
        tx.set(`seat/${seat}`, tx.author)
        return { ok: true as const }
      },
    },
    visit: {
      touches: () => [write('visits')],
      run: (tx) => tx.set('visits', (tx.get<number>('visits') ?? 0) + 1),
    },
  },
})
type Seats = typeof seats

/** Three members, all of them voters. */
const three = async (world: World): Promise<readonly [Room<Seats>, Room<Seats>, Room<Seats>]> => {
  const ann = await world.found(seats, { author: 'ann' })
  const ben = await world.join(ann, { author: 'ben' })
  const cleo = await world.join(ann, { author: 'cleo' })
  await world.until(() => ann.status.get().voters.length === 3)
  await world.settle()
  return [ann, ben, cleo]
}

describe('two members that claim one seat', () => {
  it('while they are parted: the one that is alone waits, and is told in the end who has it', async () => {
    const world = testWorld({ seed: 1 })
    const [ann, ben, cleo] = await three(world)
    world.partition([ann], [ben, cleo])
    const anns = ann.mutate.claimSeat({ seat: 12 })
    const bens = ben.mutate.claimSeat({ seat: 12 })
    expect(ann.state.get().get('seat/12')).toBe('ann')
    expect(await world.until(bens)).toEqual({ ok: true })
    await world.run(5000)
    expect([anns.stage, ann.executed.get().get('seat/12')]).toEqual(['local', undefined])
    expect(ann.status.get().quorum).toBe('none')
    world.heal()
    expect(await world.until(anns)).toEqual({ ok: false, reason: 'taken', by: 'ben' })
    await world.settle()
    for (const room of [ann, ben, cleo]) expect(room.state.get().get('seat/12')).toBe('ben')
    await world.close()
  })

  it.each([1, 2, 3, 4, 5])(
    'at the same moment, over a network that loses packets: one has it, by seed %i',
    async (seed) => {
      const world = testWorld({ seed })
      const rooms = await three(world)
      world.lossy(0.2)
      const claims = await world.until(Promise.all(rooms.map((room) => room.mutate.claimSeat({ seat: 7 }))))
      world.lossy(0)
      await world.settle()
      expect(claims.filter(({ ok }) => ok)).toHaveLength(1)
      const owners = rooms.map((room) => room.state.get().get('seat/7'))
      expect(new Set(owners).size).toBe(1)
      await world.close()
    },
  )
})

describe('a member that crashes', () => {
  it('still has what it was told to be kept when it is started again, and it is executed once', async () => {
    const world = testWorld({ seed: 2 })
    const [ann, ben, cleo] = await three(world)
    world.partition([cleo])
    const visits = Array.from({ length: 10 }, () => cleo.mutate.visit())
    await world.until(Promise.all(visits.map(({ local }) => local)))
    world.crash(cleo)
    const again = await world.restart(cleo)
    expect(again.pending.get().map(({ name }) => name)).toEqual(Array.from(visits, () => 'visit'))
    expect(again.state.get().get('visits')).toBe(10)
    world.heal()
    await world.settle()
    for (const room of [ann, ben, again]) expect(room.executed.get().get('visits')).toBe(10)
    expect(again.id).toBe(cleo.id)
    expect(again.status.get().incarnation).toBe(2)
    await world.close()
  })

  it('loses what it was not told to be kept, and hears of nothing any more', async () => {
    const world = testWorld({ seed: 3, writeMs: [40, 50] })
    const [, ben, cleo] = await three(world)
    const visit = cleo.mutate.visit()
    world.crash(cleo)
    world.crash(cleo)
    ben.mutate.visit()
    const again = await world.restart(cleo)
    await world.settle()
    expect([visit.stage, cleo.executed.get().get('visits')]).toEqual(['local', undefined])
    for (const room of [ben, again]) expect(room.executed.get().get('visits')).toBe(1)
    await world.close()
  })

  it('is replaced by those who are left', async () => {
    const world = testWorld({ seed: 4 })
    const [ann, ben] = await three(world)
    const dan = await world.join(ann)
    await world.settle()
    world.crash(ben)
    await world.until(() => ann.status.get().voters.includes(dan.id), 120_000)
    expect(ann.status.get().voters).not.toContain(ben.id)
    await world.close()
  })
})

describe('a state that gets another version', () => {
  it('is converted once all members have started again as programs that know it', async () => {
    const newer = defineState({
      version: 2,
      mutators: {
        visit: {
          touches: () => [write('visits'), write('visitors')],
          run(tx) {
            // Until all can convert, and where what was logged before that is gone through again.
            const key = tx.version === 1 ? 'visits' : 'visitors'
            tx.set(key, (tx.get<number>(key) ?? 0) + 1)
          },
        },
      },
      migrations: {
        2: (tx) => {
          tx.set('visitors', tx.get<number>('visits') ?? 0)
          tx.delete('visits')
        },
      },
    })
    const world = testWorld({ seed: 5 })
    const older = await three(world)
    await world.until(Promise.all(older.map((room) => room.mutate.visit())))
    const renewed: Room<typeof newer>[] = []
    for (const room of older) {
      await world.until(room.close())
      renewed.push(await world.restart(room, { state: newer }))
    }
    await world.until(() => renewed.every((room) => room.export().version === 2))
    await world.until(Promise.all(renewed.map((room) => room.mutate.visit())))
    await world.settle()
    for (const room of renewed) expect(room.executed.get().get('visitors')).toBe(6)
    await world.close()
  })
})

describe('a world', () => {
  /** All that can be seen of rooms, each time that something has changed. */
  const historyOf = async (seed: number): Promise<readonly string[]> => {
    const world = testWorld({ seed, startMs: 0 })
    const history: string[] = []
    const watch = (room: Room<AnyState>): void => {
      room.executed.subscribe(() => history.push(`${world.nowMs} ${room.id} ${JSON.stringify(room.export())}`))
      room.status.subscribe((status) => history.push(`${world.nowMs} ${room.id} ${JSON.stringify(status)}`))
    }
    const rooms = await three(world)
    for (const room of rooms) watch(room)
    const [ann, ben, cleo] = rooms
    world.lossy(0.1)
    for (const room of rooms) for (let seat = 0; seat < 5; seat++) room.mutate.claimSeat({ seat })
    await world.run(100)
    world.partition([ann], [ben, cleo])
    world.crash(cleo)
    ben.mutate.visit()
    await world.run(3000)
    watch(await world.restart(cleo))
    world.heal()
    await world.settle()
    await world.close()
    return history
  }

  it('has the same history where the seed is the same, and another where it is not', async () => {
    const history = await historyOf(11)
    expect(history.length).toBeGreaterThan(20)
    expect(await historyOf(11)).toEqual(history)
    expect(await historyOf(12)).not.toEqual(history)
  })

  it('lets a minute pass in a fraction of one', async () => {
    const world = testWorld()
    const [ann] = await three(world)
    const beforeMs = world.nowMs
    const startedAtMs = performance.now()
    await world.run(60_000)
    expect(world.nowMs - beforeMs).toBe(60_000)
    // Some half a second: a machine that is far too busy may need more.
    expect(performance.now() - startedAtMs).toBeLessThan(20_000)
    expect(ann.status.get().role).toBe('voter')
    await world.close()
  })

  it('tells mutators its own time', async () => {
    const clock = defineState({
      version: 1,
      mutators: { look: { touches: () => [], run: (tx) => tx.now } },
    })
    const world = testWorld({ startMs: 1_000_000 })
    const room = await world.found(clock)
    await world.run(5000)
    const now = await world.until(room.mutate.look())
    expect(now).toBeGreaterThanOrEqual(1_005_000)
    expect(now).toBeLessThan(1_006_000)
    await world.close()
  })

  it('says what has not come to rest when the time is up', async () => {
    const world = testWorld()
    const [ann, ben, cleo] = await three(world)
    world.partition([ann], [ben, cleo])
    const visit = ann.mutate.visit()
    await expect(world.settle(10_000)).rejects.toThrow(TimeIsUp)
    await expect(world.settle(1000)).rejects.toThrow(/after 1000 ms of virtual time 1 of member \w{8} have no answer/)
    await expect(world.until(() => false, 1000)).rejects.toThrow('the condition does not hold')
    await expect(world.until(new Promise(() => {}), 1000)).rejects.toThrow('the promise has not settled')
    world.heal()
    await world.until(visit)
    await world.close()
  })

  it('passes on what a promise rejects with', async () => {
    const world = testWorld()
    await expect(world.until(Promise.reject(new RangeError('no')))).rejects.toThrow(RangeError)
  })

  it('refuses to let time pass twice at once, and rooms that it does not know or that are there still', async () => {
    const world = testWorld()
    const room = await world.found(seats)
    const running = world.run(100)
    await expect(world.run(100)).rejects.toThrow('time passes already')
    await running
    expect(() => world.restart(room)).toThrow('crash or close its room')
    await expect(world.found(seats, { from: { format: 'epaxos export', version: 9, entries: [] } })).rejects.toThrow(
      /9/,
    )
    expect(() => testWorld().crash(room)).toThrow('none of this world')
    await world.close()
    expect(room.status.get().role).toBe('closed')
    const again = await world.restart(room)
    expect(again.status.get().incarnation).toBe(2)
    await world.close()
  })
})

import { afterEach, describe, expect, it } from 'vitest'
import { read, readRange, write } from '../core/index.js'
import { defineState, NotDeterministic, refuse, UndeclaredKey } from '../state/index.js'
import { memory } from '../storage/memory.js'
import { localNetwork } from '../transport/local.js'
import { createRoom, ExecutionThrew, NoStateYet, NotAMember, openRoom, type Room } from './index.js'
import { closeAll, eager, elsewhere, toBeClosed } from './stage.js'

afterEach(closeAll)

let strayed = 0

const seats = defineState({
  version: 1,
  mutators: {
    claim: {
      touches: ({ seat }: { seat: number }) => [write(`seat/${seat}`)],
      run(tx, { seat }) {
        const by = tx.get<string>(`seat/${seat}`)
        if (by !== undefined) return refuse('taken', { by })
        tx.set(`seat/${seat}`, tx.author)
        return { ok: true }
      },
    },
    fail: {
      touches: (_: { message: string }) => [write('seat/0')],
      run(tx, { message }) {
        tx.set('seat/0', 'nobody')
        throw new Error(message)
      },
    },
    stray: { touches: () => [write('seat/0')], run: (tx) => tx.set('seat/1', 'astray') },
    dice: { touches: () => [write('dice')], run: (tx) => tx.set('dice', strayed++) },
    fair: {
      touches: () => [write('dice')],
      run(tx) {
        const thrown = [tx.random(), tx.random(), tx.now] as const
        tx.set('dice', thrown)
        return thrown
      },
    },
  },
})

type SeatRoom = Room<typeof seats>

/** A founder, and another who has come. */
const two = async (): Promise<readonly [SeatRoom, SeatRoom]> => {
  const { transport } = localNetwork()
  const equipment = { state: seats, transport, autopilot: eager }
  const a = toBeClosed(await createRoom({ ...equipment, storage: elsewhere(), author: 'Ada' }))
  const b = toBeClosed(await openRoom(a.invite(), { ...equipment, storage: elsewhere(), author: 'Bob' }))
  await b.read([], () => undefined)
  return [a, b]
}

const seatOf = ({ state }: SeatRoom, seat: number): unknown => state.get().get(`seat/${seat}`)

describe('a call of a mutator', () => {
  it('shows at once, and is executed later', async () => {
    const [, b] = await two()
    const claim = b.mutate.claim({ seat: 1 })
    expect(seatOf(b, 1)).toBe('Bob')
    expect(b.executed.get().has('seat/1')).toBe(false)
    expect(b.pending.get()).toEqual([claim])
    expect(await claim).toEqual({ ok: true })
    expect(b.executed.get().get('seat/1')).toBe('Bob')
    expect(b.pending.get()).toEqual([])
  })

  it('is withdrawn where somebody else was first, who is named', async () => {
    const [a, b] = await two()
    const shown: unknown[] = []
    b.state.subscribe((view) => shown.push(view.get('seat/1')))
    const [first, second] = [a.mutate.claim({ seat: 1 }), b.mutate.claim({ seat: 1 })]
    expect([seatOf(a, 1), seatOf(b, 1)]).toEqual(['Ada', 'Bob'])
    const results = [await first, await second]
    const winner = results[0]?.ok ? 'Ada' : 'Bob'
    expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    expect(results.find(({ ok }) => !ok)).toEqual({ ok: false, reason: 'taken', by: winner })
    expect([seatOf(a, 1), seatOf(b, 1)]).toEqual([winner, winner])
    expect(shown[0]).toBe('Bob')
    expect(shown.at(-1)).toBe(winner)
  })

  it('goes through its stages in order, each of which can be waited for and listened to', async () => {
    const [, b] = await two()
    const claim = b.mutate.claim({ seat: 1 })
    const stages: string[] = [claim.stage]
    claim.subscribe((stage) => stages.push(stage))
    await claim.local
    await claim.committed
    expect(stages.at(-1)).not.toBe('local')
    await claim
    expect(stages).toEqual(['local', 'committed', 'executed'])
    // Who asks late is told as well.
    await Promise.all([claim.local, claim.committed])
  })

  it('is not the worse for a listener that throws, nor is the room', async () => {
    const [a] = await two()
    const reported: unknown[] = []
    const report = (error: Error): void => {
      reported.push(error.message)
    }
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', report)
    try {
      const claim = a.mutate.claim({ seat: 1 })
      claim.subscribe(() => {
        throw new Error("the page's own")
      })
      await claim
      expect(await a.mutate.claim({ seat: 2 })).toEqual({ ok: true })
      expect(a.status.get().role).toBe('voter')
      expect(new Set(reported)).toEqual(new Set(["the page's own"]))
    } finally {
      process.off('uncaughtException', report)
      for (const other of others) process.on('uncaughtException', other)
    }
  })

  it('changes nothing where the mutator throws, and rejects with what it has thrown', async () => {
    const [a, b] = await two()
    const failing = a.mutate.fail({ message: 'not today' })
    await expect(failing).rejects.toThrow(ExecutionThrew)
    await expect(failing).rejects.toThrow('not today')
    expect(failing.stage).toBe('failed')
    for (const room of [a, b]) {
      await room.read([read('seat/0')], (tx) => expect(tx.has('seat/0')).toBe(false))
      expect(seatOf(room, 0)).toBeUndefined()
    }
  })

  it('is refused before anything is proposed, where the mutator touches what it has not declared', async () => {
    const [a] = await two()
    const { committed } = a.status.get()
    const stray = a.mutate.stray()
    expect(a.pending.get()).toEqual([])
    await expect(stray).rejects.toThrow(UndeclaredKey)
    await expect(stray).rejects.toThrow('seat/1')
    expect(stray.stage).toBe('failed')
    expect(a.status.get().committed).toEqual(committed)
  })

  it('is refused before anything is proposed, where the mutator is not deterministic', async () => {
    const [a] = await two()
    await expect(a.mutate.dice()).rejects.toThrow(NotDeterministic)
    await expect(a.mutate.dice()).rejects.toThrow('dice')
    expect(a.executed.get().has('dice')).toBe(false)
  })

  it('has the chance and the time of its proposer, everywhere', async () => {
    const [a, b] = await two()
    const thrown = await b.mutate.fair()
    expect(await a.read([read('dice')], (tx) => tx.get('dice'))).toEqual(thrown)
    expect(Math.abs(thrown[2] - Date.now())).toBeLessThan(60_000)
    expect(thrown[0]).not.toBe(thrown[1])
    expect(await b.mutate.fair()).not.toEqual(thrown)
  })
})

describe('a read of a room', () => {
  it('sees all that was answered anywhere before', async () => {
    const [a, b] = await two()
    for (let seat = 1; seat < 20; seat++) {
      const [writer, reader] = seat % 2 === 0 ? [a, b] : [b, a]
      await writer.mutate.claim({ seat })
      const taken = await reader.read(
        [readRange('seat/', 'seat0')],
        (tx) => [...tx.scan({ from: 'seat/', to: 'seat0' })].length,
      )
      expect(taken).toBe(seat)
    }
  })

  it('may look only at what it touches, and rejects with what it throws', async () => {
    const [a] = await two()
    await expect(a.read([read('seat/1')], (tx) => tx.get('seat/2'))).rejects.toThrow(UndeclaredKey)
    await expect(
      a.read([], () => {
        throw new RangeError('mine')
      }),
    ).rejects.toThrow(RangeError)
    await expect(a.read([write('seat/1')], () => 0)).rejects.toThrow(TypeError)
    expect(await a.read([], () => 'still here')).toBe('still here')
  })
})

describe('a room', () => {
  it('is ready once it has a state: until then there is nothing to export', async () => {
    const { transport } = localNetwork()
    const equipment = { state: seats, transport, autopilot: eager }
    const a = toBeClosed(await createRoom({ ...equipment, storage: elsewhere() }))
    await a.ready
    const b = toBeClosed(await openRoom(a.invite(), { ...equipment, storage: elsewhere() }))
    expect(() => b.export()).toThrow(NoStateYet)
    await b.ready
    expect(b.export().entries).toEqual([])
    const lonely = toBeClosed(await openRoom(a.invite(), { ...equipment, ...localNetwork(), storage: elsewhere() }))
    await lonely.close()
    await expect(lonely.ready).rejects.toThrow(NotAMember)
  })

  it('that ends while calls are left alone does not end the program', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown): void => {
      unhandled.push(reason)
    }
    process.on('unhandledRejection', note)
    const [, b] = await two()
    void b.mutate.claim({ seat: 1 })
    await b.close()
    await new Promise(setImmediate)
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('an export', () => {
  it('begins another room with the same state', async () => {
    const [a] = await two()
    await a.mutate.claim({ seat: 1 })
    await a.mutate.claim({ seat: 2 })
    const exported = JSON.parse(JSON.stringify(a.export()))
    const { transport } = localNetwork()
    const again = toBeClosed(await createRoom({ state: seats, storage: memory(), transport, from: exported }))
    expect(again.executed.get().get('seat/1')).toBe('Ada')
    expect(await again.mutate.claim({ seat: 2 })).toEqual({ ok: false, reason: 'taken', by: 'Ada' })
    expect(again.export()).toEqual(exported)
  })
})

describe('presence', () => {
  it('is seen by the others, and goes with whoever has shown it', async () => {
    const [a, b] = await two()
    const seen = (room: SeatRoom): readonly unknown[] => room.presence.get().map(({ self, value }) => [self, value])
    const until = (room: SeatRoom, fits: (values: readonly unknown[]) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (fits(seen(room))) resolve()
        }
        room.presence.subscribe(look)
        look()
      })
    a.presence.set({ cursor: 3 })
    expect(seen(a)).toEqual([[true, { cursor: 3 }]])
    await until(b, (values) => values.length === 1)
    expect(seen(b)).toEqual([[false, { cursor: 3 }]])
    expect(() => b.presence.set('x'.repeat(5000))).toThrow(TypeError)
    b.presence.set('here')
    await until(a, (values) => values.length === 2)
    await b.close()
    await until(a, (values) => values.length === 1)
  })
})

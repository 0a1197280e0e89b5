import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { write } from '../core/index.js'
import { defineState } from '../state/index.js'
import { Log } from '../storage/index.js'
import { type Disk, Disks } from '../storage/stage.js'
import type { TransportFactory } from '../transport/index.js'
import { localNetwork } from '../transport/local.js'
import { randomId } from './ids.js'
import { createRoom, OutcomeUnknown, QueueFull, type Room } from './index.js'
import { closeAll, elsewhere, Locks, toBeClosed } from './stage.js'

beforeEach(() => {
  vi.stubGlobal('navigator', { locks: new Locks() })
})
afterEach(async () => {
  await closeAll()
  vi.unstubAllGlobals()
})

const log = defineState({
  version: 1,
  mutators: {
    append: {
      touches: (_line: string) => [write('log')],
      run(tx, line) {
        const lines = [...(tx.get<string[]>('log') ?? []), line]
        tx.set('log', lines)
        return lines.length
      },
    },
  },
})

type LogRoom = Room<typeof log>

const linesOf = ({ executed }: LogRoom): readonly string[] => executed.get().get<string[]>('log') ?? []
const shownBy = ({ state }: LogRoom): readonly string[] => state.get().get<string[]>('log') ?? []

/** Three servers, the first on a disk; each is started, also again, where and when a test wants it. */
const servers = () => {
  const { transport } = localNetwork()
  const disks = new Disks()
  const group = randomId()
  const ids = Array.from({ length: 3 }, randomId).sort()
  const start = async (slot: number, queue = {}, over: TransportFactory = transport): Promise<LogRoom> =>
    toBeClosed(
      await createRoom({
        ...{ state: log, group, voters: ids, id: ids[slot] as string, queue, transport: over },
        storage: slot === 0 ? disks : elsewhere(),
      }),
    )
  return { start, disk: () => disks.disk(group, ids[0] as string) }
}

const until = (room: LogRoom, fits: () => boolean): Promise<void> =>
  vi.waitUntil(fits, { timeout: 10_000 }).then(() => {
    expect(room.status.get().role).toBe('voter')
  })

describe('what is called without a network', () => {
  it('is kept, shown, and said to wait for what; and is executed once, in order, by a later life', async () => {
    const { start } = servers()
    const alone = await start(0)
    await until(alone, () => alone.status.get().quorum === 'none')
    const lines = Array.from({ length: 10 }, (_, i) => `line ${i}`)
    const mutations = lines.map((line) => alone.mutate.append(line))
    await Promise.all(mutations.map(({ local }) => local))
    expect([shownBy(alone), linesOf(alone)]).toEqual([lines, []])
    await until(alone, () => alone.status.get().pending === 10)
    expect(alone.status.get().waiting).toContain('of the 3 voters 1 is here')
    const rejected = Promise.all(mutations.map((mutation) => expect(mutation).rejects.toThrow(OutcomeUnknown)))
    await alone.close()
    await rejected

    const again = await start(0)
    expect(shownBy(again)).toEqual(lines)
    const open = again.pending.get()
    expect(open.map(({ id, name, args }) => [id, name, args])).toEqual(
      mutations.map(({ id }, i) => [id, 'append', lines[i]]),
    )
    const other = await start(1)
    expect(await Promise.all(open)).toEqual(lines.map((_, i) => i + 1))
    expect(linesOf(again)).toEqual(lines)
    await until(other, () => linesOf(other).length === 10)
    expect(linesOf(other)).toEqual(lines)
    await until(again, () => again.status.get().pending === 0)
    expect(again.status.get().waiting).toBeUndefined()

    // And by no life after that.
    await again.close()
    const third = await start(0)
    expect(third.pending.get()).toEqual([])
    await third.mutate.append('last')
    expect(linesOf(third)).toEqual([...lines, 'last'])
  })

  it('gets no place in a session while nobody was heard of: what was never sent may be sent anew', async () => {
    const { start, disk } = servers()
    const places = async (): Promise<readonly unknown[]> => {
      const stored = new Log(disk() as Disk)
      await stored.load()
      return (await stored.readProposals()).map(({ place }) => place)
    }
    for (const life of [1, 2]) {
      const alone = await start(0)
      if (life === 1) alone.mutate.append('one').catch(() => {})
      await until(alone, () => alone.status.get().quorum === 'none')
      await alone.close()
      expect(await places()).toEqual([undefined])
    }
  })

  it('is refused where too much waits already, and taken again once some of it has its answer', async () => {
    const { start } = servers()
    const alone = await start(0, { proposals: 3, bytes: 10_000 })
    const taken = [1, 2, 3].map((i) => alone.mutate.append(`${i}`))
    const refused = alone.mutate.append('4')
    await expect(refused).rejects.toThrow(QueueFull)
    expect(shownBy(alone)).toEqual(['1', '2', '3'])
    await start(1)
    await Promise.all(taken)
    expect(await alone.mutate.append('4')).toBe(4)
    await expect(alone.mutate.append('x'.repeat(20_000))).rejects.toThrow(QueueFull)
    expect(linesOf(alone)).toEqual(['1', '2', '3', '4'])
  })

  it('is executed once, whenever its page dies [H24]', async () => {
    const { start, disk } = servers()
    const first = await start(0)
    const other = await start(1)
    await first.mutate.append('begin')
    const held = disk()
    if (held === undefined) throw new Error('it is on a disk')
    // What the disk holds after each commit is what a life that died there has left.
    const copies: ReadonlyMap<unknown, unknown>[] = []
    held.committed = () => copies.push(new Map(held.held))
    await Promise.all(Array.from({ length: 5 }, (_, i) => first.mutate.append(`line ${i}`)))
    await first.close()
    held.committed = () => {}
    expect(copies.length).toBeGreaterThan(3)
    const before = linesOf(other)
    for (const copy of copies) {
      held.held.clear()
      for (const [key, value] of copy) held.held.set(key as string & number, value)
      const again = await start(0, {}, localNetwork().transport)
      const names = again.pending.get().map(({ args }) => args)
      expect(before).toEqual(expect.arrayContaining(names))
      await again.close()
    }
  })
})

import { expect, test } from 'vitest'
import type { RecordBatch } from '../wire/index.js'
import type { StorageFactory } from './contract.js'
import { contractCases, durableCases } from './contract-cases.js'
import { StorageCorrupt, StorageError } from './error.js'
import { type Cell, type CellKey, type Cells, Log } from './log.js'
import { toStored } from './stored.js'

/** A disk in memory, whose commits can be held back and made to fail. */
class Disk implements Cells {
  readonly held = new Map<CellKey, unknown>()
  readonly commits: CellKey[][] = []
  /** Commits wait for it. */
  gate: Promise<void> = Promise.resolve()

  async read(keys: readonly CellKey[]): Promise<readonly unknown[]> {
    return keys.map((key) => this.held.get(key))
  }

  async lastNumber(): Promise<number> {
    return Math.max(0, ...[...this.held.keys()].filter((key) => typeof key === 'number'))
  }

  async commit(cells: readonly Cell[]): Promise<void> {
    this.commits.push(cells.map((cell) => cell.key))
    await this.gate
    for (const { key, bytes } of cells) this.held.set(key, bytes)
  }

  async close(): Promise<void> {}
}

const disks = (): StorageFactory => {
  const rooms = new Map<string, Map<string, Disk>>()
  const roomOf = (room: string): Map<string, Disk> => rooms.get(room) ?? new Map()
  return {
    durable: true,
    identities: async (room) => [...roomOf(room).keys()],
    async open(room, replica) {
      const disk = roomOf(room).get(replica) ?? new Disk()
      rooms.set(room, roomOf(room).set(replica, disk))
      return new Log(disk)
    },
  }
}

test.each([...contractCases, ...durableCases])('$behaviour', async ({ run, behaviour }) => {
  await run(disks(), behaviour)
})

const batchOf = (number: number): RecordBatch => ({
  group: 'c'.repeat(32),
  incarnation: 1,
  records: [
    {
      epoch: 0,
      instance: { slot: 0, number },
      phase: 'none',
      value: undefined,
      deps: undefined,
      initValue: undefined,
      initDeps: undefined,
      ballot: 16,
      votedBallot: 0,
    },
  ],
})

/** A disk that holds one start and three batches. */
const written = async (): Promise<Disk> => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await log.writeStart(1)
  for (const number of [1, 2, 3]) await log.write(batchOf(number))
  await log.close()
  return disk
}

const readAll = async (disk: Disk): Promise<number> => {
  const loaded = await new Log(disk).load()
  if (loaded.fresh) return 0
  let batches = 0
  for await (const _ of loaded.batches) batches++
  return batches
}

const flipped = (stored: unknown): Uint8Array => {
  const damaged = (stored as Uint8Array).slice()
  damaged[damaged.length - 1] = (damaged[damaged.length - 1] as number) ^ 1
  return damaged
}

test.each<[string, CellKey, (held: Map<CellKey, unknown>) => void]>([
  ['missing', 2, (held) => held.delete(2)],
  ['missing', 1, (held) => held.delete(1)],
  ['checksum', 3, (held) => held.set(3, flipped(held.get(3)))],
  ['checksum', 2, (held) => held.set(2, held.get(1))],
  ['unreadable', 1, (held) => held.set(1, toStored(1, Uint8Array.of(0xff)))],
  ['newer-version', 2, (held) => held.set(2, Uint8Array.of(2, 0, 0, 0, 0))],
  ['missing', 'starts', (held) => held.delete('starts')],
  ['checksum', 'starts', (held) => held.set('starts', flipped(held.get('starts')))],
  ['unreadable', 'starts', (held) => held.set('starts', toStored('starts', Uint8Array.of(1)))],
  ['unreadable', 'membership', (held) => held.set('membership', toStored('membership', Uint8Array.of(0x80)))],
])('a log is refused as %s at %s', async (corruption, key, damage) => {
  const disk = await written()
  expect(await readAll(disk)).toBe(3)
  damage(disk.held)
  const error = await readAll(disk).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(StorageCorrupt)
  expect(error).toMatchObject({ corruption, key })
})

test('nothing is written over what could not be trusted', async () => {
  const disk = await written()
  disk.held.delete('starts')
  const log = new Log(disk)
  await expect(log.load()).rejects.toBeInstanceOf(StorageCorrupt)
  await expect(log.writeStart(1)).rejects.toMatchObject({ code: 'misused' })
})

test('writes issued while one is under way share the next transaction', async () => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await Promise.all([log.writeStart(1), log.write(batchOf(1)), log.write(batchOf(2)), log.write(batchOf(3))])
  expect(disk.commits).toEqual([['starts'], [1, 2, 3]])
})

test('a write that fails takes those behind it along, and nothing is accepted afterwards', async () => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await log.writeStart(1)
  const full = new StorageError('quota', 'the disk is full')
  disk.gate = Promise.reject(full)
  const outcomes = await Promise.allSettled([log.write(batchOf(1)), log.write(batchOf(2))])
  expect(outcomes).toMatchObject([{ reason: full }, { reason: { code: 'stopped', cause: full } }])
  disk.gate = Promise.resolve()
  await expect(log.write(batchOf(3))).rejects.toMatchObject({ code: 'stopped', cause: full })
  await expect(log.writeStart(2)).rejects.toMatchObject({ code: 'stopped' })
  await log.close()
  expect(await readAll(disk)).toBe(0)
  expect(disk.commits).toEqual([['starts'], [1]])
})

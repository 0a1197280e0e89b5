import { expect, test } from 'vitest'
import type { Introduction, KnownLife } from '../member/index.js'
import type { Checkpoint, RecordBatch } from '../wire/index.js'
import { contractCases, durableCases } from './contract-cases.js'
import { StorageCorrupt, StorageError } from './error.js'
import { type CellKey, Log } from './log.js'
import { Disk, Disks } from './stage.js'
import { toStored } from './stored.js'

test.each([...contractCases, ...durableCases])('$behaviour', async ({ run, behaviour }) => {
  await run(new Disks(), behaviour)
})

const life: Introduction = { start: { count: 1, nonce: 'd'.repeat(32), batches: 0 }, earlier: [] }

const lives: readonly KnownLife[] = [{ replica: 'e'.repeat(32), start: { ...life.start, count: 4 }, batches: 5 }]

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

const checkpointOf = (...chunks: number[]): Checkpoint => ({
  group: 'c'.repeat(32),
  epoch: 0,
  executed: { frontier: [3], beyond: [[]] },
  chunks: chunks.map((byte) => new Uint8Array(100).fill(byte)),
})

/** A disk that holds one start, three batches and a checkpoint of two chunks. */
const written = async (): Promise<Disk> => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await log.writeStart(life)
  for (const number of [1, 2, 3]) await log.write(batchOf(number))
  await log.writeLives(lives)
  await log.writeCheckpoint(checkpointOf(1, 2))
  await log.close()
  return disk
}

const readAll = async (disk: Disk): Promise<number> => {
  const loaded = await disk.load()
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
  ['newer-version', 2, (held) => held.set(2, Uint8Array.of(4, 0, 0, 0, 0))],
  ['missing', 'start', (held) => held.delete('start')],
  ['checksum', 'start', (held) => held.set('start', flipped(held.get('start')))],
  ['unreadable', 'start', (held) => held.set('start', toStored('start', Uint8Array.of(1)))],
  ['unreadable', 'lives', (held) => held.set('lives', toStored('lives', Uint8Array.of(0)))],
  ['checksum', 'checkpoint', (held) => held.set('checkpoint', flipped(held.get('checkpoint')))],
  ['unreadable', 'checkpoint', (held) => held.set('checkpoint', toStored('checkpoint', Uint8Array.of(0x80)))],
  ['missing', 'chunk/1', (held) => held.delete('chunk/1')],
  ['checksum', 'chunk/0', (held) => held.set('chunk/0', held.get('chunk/1'))],
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
  disk.held.delete('start')
  const log = new Log(disk)
  await expect(log.load()).rejects.toBeInstanceOf(StorageCorrupt)
  await expect(log.writeStart(life)).rejects.toMatchObject({ code: 'misused' })
})

test('writes issued while one is under way share the next transaction', async () => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await Promise.all([log.writeStart(life), log.write(batchOf(1)), log.write(batchOf(2)), log.write(batchOf(3))])
  expect(disk.commits).toEqual([['start'], [1, 2, 3]])
})

test('what is known of starts is in the very transaction of the batch that it is written with [H14]', async () => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await log.writeStart(life)
  await log.write(batchOf(1), lives)
  await log.write(batchOf(2))
  expect(disk.commits).toEqual([['start'], [1, 'lives'], [2]])
})

test('a checkpoint is one transaction, which also removes what a larger one before it has left', async () => {
  const disk = await written()
  const log = new Log(disk)
  await log.load()
  disk.commits.length = 0
  await log.writeCheckpoint(checkpointOf(3))
  await log.writeCheckpoint(checkpointOf(4, 5, 6))
  await log.writeCheckpoint(checkpointOf())
  expect(disk.commits).toEqual([
    ['checkpoint', 'chunk/0', 'chunk/1'],
    ['checkpoint', 'chunk/0', 'chunk/1', 'chunk/2'],
    ['checkpoint', 'chunk/0', 'chunk/1', 'chunk/2'],
  ])
  expect([...disk.held.keys()].filter((key) => String(key).startsWith('chunk'))).toEqual([])
})

test('a crash while a checkpoint is written leaves the one before it, and the batches written before', async () => {
  const disk = await written()
  const log = new Log(disk)
  await log.load()
  await log.write(batchOf(4))
  disk.gate = new Promise(() => {})
  void log.writeCheckpoint(checkpointOf(3, 4, 5))
  void log.write(batchOf(5))
  // The process ends here.
  const loaded = await disk.load()
  expect(loaded.fresh ? undefined : loaded.checkpoint).toEqual(checkpointOf(1, 2))
  expect(await readAll(disk)).toBe(4)
})

test('a write that fails takes those behind it along, and nothing is accepted afterwards', async () => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await log.writeStart(life)
  const full = new StorageError('quota', 'the disk is full')
  disk.gate = Promise.reject(full)
  const outcomes = await Promise.allSettled([log.write(batchOf(1)), log.write(batchOf(2))])
  expect(outcomes).toMatchObject([{ reason: full }, { reason: { code: 'stopped', cause: full } }])
  disk.gate = Promise.resolve()
  await expect(log.write(batchOf(3))).rejects.toMatchObject({ code: 'stopped', cause: full })
  await expect(log.writeStart(life)).rejects.toMatchObject({ code: 'stopped' })
  await log.close()
  expect(await readAll(disk)).toBe(0)
  expect(disk.commits).toEqual([['start'], [1]])
})

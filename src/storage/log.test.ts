import { expect, test } from 'vitest'
import type { Introduction, KnownLife } from '../member/index.js'
import { storageContract } from '../testing/index.js'
import type { Checkpoint, RecordBatch } from '../wire/index.js'
import type { CellKey } from './cells.js'
import { CHUNKS_PER_CELL } from './chunks.js'
import { StorageCorrupt, StorageError } from './error.js'
import { Log } from './log.js'
import { Disk, Disks, emptyOfVersion } from './stage.js'
import { toStored } from './stored.js'

const disks = new Disks()
for (const { name, run } of storageContract(() => disks)) test(name, run)

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
  floor: undefined,
  compacted: false,
})

/** As many chunks of each byte as share a cell. */
const checkpointOf = (...bytes: number[]): Checkpoint => ({
  group: 'c'.repeat(32),
  configuration: { number: 0, voters: ['a'.repeat(32)], wireVersion: 5, stateVersion: 1 },
  executed: { frontier: [3], beyond: [[]] },
  chunks: bytes.flatMap((byte) => Array.from({ length: CHUNKS_PER_CELL }, () => new Uint8Array(100).fill(byte))),
})

/** A disk that holds one start, a cut in two cells, three batches after another, and a checkpoint in two cells. */
const written = async (): Promise<Disk> => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await log.writeStart(life)
  await log.write(batchOf(1))
  await log.writeCheckpoint(checkpointOf(8, 9), true)
  for (const number of [2, 3, 4]) await log.write(batchOf(number))
  await log.writeLives(lives)
  await log.writeCheckpoint(checkpointOf(1, 2), false)
  await log.close()
  return disk
}

/** How many batches there are, once all that there is was read. */
const readAll = async (disk: Disk): Promise<number> => {
  const log = new Log(disk)
  const loaded = await log.load()
  if (loaded.fresh) return 0
  await loaded.readCheckpoint()
  await log.readCut()
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
  ['missing', 3, (held) => held.delete(3)],
  ['missing', 2, (held) => held.delete(2)],
  ['checksum', 4, (held) => held.set(4, flipped(held.get(4)))],
  ['checksum', 3, (held) => held.set(3, held.get(2))],
  ['unreadable', 2, (held) => held.set(2, toStored(2, Uint8Array.of(0xff)))],
  ['newer-version', 3, (held) => held.set(3, emptyOfVersion(9, 3))],
  ['older-version', 3, (held) => held.set(3, emptyOfVersion(5, 3))],
  ['missing', 'start', (held) => held.delete('start')],
  ['checksum', 'start', (held) => held.set('start', flipped(held.get('start')))],
  ['older-version', 'start', (held) => held.set('start', emptyOfVersion(4, 'start'))],
  ['unreadable', 'start', (held) => held.set('start', toStored('start', Uint8Array.of(1)))],
  ['unreadable', 'lives', (held) => held.set('lives', toStored('lives', Uint8Array.of(0)))],
  ['missing', 'first', (held) => held.delete('first')],
  ['unreadable', 'first', (held) => held.set('first', toStored('first', new Uint8Array(8)))],
  ['unreadable', 'first', (held) => held.set('first', toStored('first', new Uint8Array(7)))],
  ['checksum', 'checkpoint', (held) => held.set('checkpoint', flipped(held.get('checkpoint')))],
  ['checksum', 'cut', (held) => held.set('cut', held.get('checkpoint'))],
  ['unreadable', 'checkpoint', (held) => held.set('checkpoint', toStored('checkpoint', Uint8Array.of(0x80)))],
  ['missing', 'chunk/2/1', (held) => held.delete('chunk/2/1')],
  ['checksum', 'chunk/2/0', (held) => held.set('chunk/2/0', held.get('chunk/2/1'))],
  ['checksum', 'chunk/2/1', (held) => held.set('chunk/2/1', held.get('chunk/1/1'))],
  ['checksum', 'chunk/1/1', (held) => held.set('chunk/1/1', flipped(held.get('chunk/1/1')))],
  ['missing', 'chunk/1/0', (held) => held.delete('chunk/1/0')],
  ['unreadable', 'chunk/2/1', (held) => held.set('chunk/2/1', toStored('chunk/2/1', new Uint8Array(1600)))],
])('a log is refused as %s at %s', async (corruption, key, damage) => {
  const disk = await written()
  expect(await readAll(disk)).toBe(3)
  damage(disk.held)
  const error = await readAll(disk).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(StorageCorrupt)
  expect(error).toMatchObject({ corruption, key })
})

test.each<[string, (log: Log) => Promise<void>]>([
  [
    'a batch',
    (log) => log.write({ ...batchOf(1), records: batchOf(1).records.map((it) => ({ ...it, votedBallot: 32 })) }),
  ],
  ['a checkpoint', (log) => log.writeCheckpoint({ ...checkpointOf(1), group: '' }, false)],
  [
    'a proposal',
    (log) => log.writeProposals([{ id: 'no id', spans: [], payload: new Uint8Array(), place: undefined }], []),
  ],
])('%s that breaks a limit of the wire format is refused', async (_, write) => {
  const log = new Log(new Disk())
  await log.load()
  await log.readProposals()
  await expect(write(log)).rejects.toMatchObject({ code: 'unwritable' })
})

test('nothing is written over what could not be trusted', async () => {
  const disk = await written()
  disk.held.delete('start')
  const log = new Log(disk)
  await expect(log.load()).rejects.toBeInstanceOf(StorageCorrupt)
  await expect(log.writeStart(life)).rejects.toMatchObject({ code: 'misused' })
})

test('writes issued in one moment share a transaction, and those issued while it is under way the next', async () => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  const first = [log.writeStart(life), log.write(batchOf(1))]
  await disk.begun()
  await Promise.all([...first, log.write(batchOf(2)), log.write(batchOf(3))])
  expect(disk.commits).toEqual([
    ['start', 'first', 1],
    [2, 3],
  ])
})

test('what is known of starts is in the very transaction of the batch that it is written with [H14]', async () => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await log.writeStart(life)
  await log.write(batchOf(1), lives)
  await log.write(batchOf(2))
  expect(disk.commits).toEqual([['start', 'first'], [1, 'lives'], [2]])
})

const chunksOn = (disk: Disk): CellKey[] => [...disk.held.keys()].filter((key) => String(key).startsWith('chunk'))

test('a checkpoint is one transaction, which also removes the chunks of the one before it, and leaves those of the cut', async () => {
  const disk = await written()
  const log = new Log(disk)
  await log.load()
  disk.commits.length = 0
  await log.writeCheckpoint(checkpointOf(3), false)
  await log.writeCheckpoint(checkpointOf(), false)
  expect(disk.commits).toEqual([
    ['checkpoint', 'chunk/3/0', 'chunk/2/0', 'chunk/2/1'],
    ['checkpoint', 'chunk/3/0'],
  ])
  expect(chunksOn(disk)).toEqual(['chunk/1/0', 'chunk/1/1'])
})

test('a cut is one transaction, which also removes the one before it, and all batches', async () => {
  const disk = await written()
  const log = new Log(disk)
  await log.load()
  disk.commits.length = 0
  await log.writeCheckpoint(checkpointOf(3), true)
  expect(disk.commits).toEqual([
    ['checkpoint', 'cut', 'chunk/3/0', 'chunk/2/0', 'chunk/2/1', 'chunk/1/0', 'chunk/1/1', 'first'],
  ])
  expect([...disk.held.keys()].sort()).toEqual(['checkpoint', 'chunk/3/0', 'cut', 'first', 'lives', 'start'])
})

test('a cut that is dropped takes its chunks along, unless it is the newest checkpoint', async () => {
  const disk = await written()
  const log = new Log(disk)
  await log.load()
  await log.dropCut()
  expect(chunksOn(disk)).toEqual(['chunk/2/0', 'chunk/2/1'])
  await log.writeCheckpoint(checkpointOf(3), true)
  const again = new Log(disk)
  await again.load()
  await again.dropCut()
  expect(chunksOn(disk)).toEqual(['chunk/3/0'])
  await again.writeCheckpoint(checkpointOf(4), false)
  expect(chunksOn(disk)).toEqual(['chunk/4/0'])
})

/** What is on the disk when the process ends while these writes are under way. */
const crashed = async (write: (log: Log) => unknown): Promise<Disk> => {
  const disk = await written()
  const log = new Log(disk)
  await log.load()
  await log.write(batchOf(5))
  disk.gate = new Promise(() => {})
  void write(log)
  return disk
}

const keptOn = async (disk: Disk) => {
  const log = new Log(disk)
  const loaded = await log.load()
  if (loaded.fresh) throw new Error('it is not fresh')
  return { lastBatch: loaded.lastBatch, checkpoint: await loaded.readCheckpoint(), cut: await log.readCut() }
}

test.each<[string, (log: Log) => unknown]>([
  ['a checkpoint', (log) => [log.writeCheckpoint(checkpointOf(3, 4, 5), false), log.write(batchOf(6))]],
  ['a cut', (log) => [log.writeCheckpoint(checkpointOf(3, 4, 5), true), log.write(batchOf(6))]],
  ['a compacted batch', (log) => log.write({ ...batchOf(6), compacted: true })],
  ['the end of a cut', (log) => log.dropCut()],
])('a crash while %s is written leaves all that was there before', async (_, write) => {
  const disk = await crashed(write)
  expect(await readAll(disk)).toBe(4)
  expect(await keptOn(disk)).toEqual({ lastBatch: 5, checkpoint: checkpointOf(1, 2), cut: checkpointOf(8, 9) })
})

test('a compacted batch is one transaction with the end of those before it', async () => {
  const disk = await written()
  const log = new Log(disk)
  await log.load()
  const before = disk.commits.length
  await log.write({ ...batchOf(5), compacted: true }, lives)
  expect(disk.commits.slice(before)).toEqual([[5, 'lives', 'first']])
  expect([...disk.held.keys()].filter((key) => typeof key === 'number')).toEqual([5])
  expect(await keptOn(disk)).toEqual({ lastBatch: 5, checkpoint: checkpointOf(1, 2), cut: checkpointOf(8, 9) })
})

test('what else was deleted under a cut that is being read is damage', async () => {
  const disk = await written()
  const log = new Log(disk)
  await log.load()
  disk.held.delete('chunk/1/1')
  await expect(log.readCut()).rejects.toMatchObject({ corruption: 'missing', key: 'chunk/1/1' })
})

test('a write that fails takes those behind it along, and nothing is accepted afterwards', async () => {
  const disk = new Disk()
  const log = new Log(disk)
  await log.load()
  await log.writeStart(life)
  const full = new StorageError('quota', 'the disk is full')
  disk.gate = Promise.reject(full)
  const first = log.write(batchOf(1))
  await disk.begun()
  const outcomes = await Promise.allSettled([first, log.write(batchOf(2))])
  expect(outcomes).toMatchObject([{ reason: full }, { reason: { code: 'stopped', cause: full } }])
  disk.gate = Promise.resolve()
  await expect(log.write(batchOf(3))).rejects.toMatchObject({ code: 'stopped', cause: full })
  await expect(log.writeStart(life)).rejects.toMatchObject({ code: 'stopped' })
  await log.close()
  expect(await readAll(disk)).toBe(0)
  expect(disk.commits).toEqual([['start', 'first'], [1]])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KeptProposal } from '../member/index.js'
import type { CellKey } from './cells.js'
import { StorageCorrupt, StorageError } from './error.js'
import { Log } from './log.js'
import { Disk, emptyOfVersion } from './stage.js'
import { toStored } from './stored.js'

/** @param sequence it was sent under; without one it was not sent */
const proposalOf = (number: number, sequence?: number): KeptProposal => ({
  id: number.toString(16).padStart(32, '0'),
  spans: [{ kind: 'key', write: true, key: `k${number}` }],
  payload: Uint8Array.of(number % 256),
  place:
    sequence === undefined
      ? undefined
      : { session: 'a'.repeat(32), sequence, acknowledged: sequence - 1, after: sequence > 1 ? [sequence - 1] : [] },
})

/** A log whose queue was read, and what was in it. */
const queueOn = async (disk: Disk): Promise<{ readonly log: Log; readonly held: readonly KeptProposal[] }> => {
  const log = new Log(disk)
  const loaded = await log.load()
  if (loaded.fresh) await log.writeStart({ start: { count: 1, nonce: 'd'.repeat(32), batches: 0 }, earlier: [] })
  const held = await log.readProposals()
  disk.commits.length = 0
  return { log, held }
}

const heldOn = async (disk: Disk): Promise<readonly KeptProposal[]> => (await queueOn(disk)).held

/** A disk on which five proposals wait, of six. */
const written = async (): Promise<Disk> => {
  const disk = new Disk()
  const { log } = await queueOn(disk)
  await log.writeProposals(
    [1, 2, 3, 4, 5, 6].map((number) => proposalOf(number)),
    [],
  )
  await log.writeProposals([], [proposalOf(3).id])
  disk.commits.length = 0
  return disk
}

const five = [1, 2, 4, 5, 6].map((number) => proposalOf(number))

test('a thousand put in one call are one transaction: a cell for each, and one that says which there are', async () => {
  const disk = new Disk()
  const { log } = await queueOn(disk)
  await log.writeProposals(
    Array.from({ length: 1000 }, (_, i) => proposalOf(i)),
    [],
  )
  expect(disk.commits).toHaveLength(1)
  const [keys] = disk.commits
  expect(keys?.toSorted()).toEqual(['queue', ...Array.from({ length: 1000 }, (_, i) => `proposal/${i + 1}`)].sort())
})

test('what says which there are is small, however many wait', async () => {
  const disk = new Disk()
  const { log } = await queueOn(disk)
  await log.writeProposals(
    Array.from({ length: 1000 }, (_, i) => proposalOf(i)),
    [],
  )
  await log.writeProposals(
    [],
    [0, 1, 2, 500].map((i) => proposalOf(i).id),
  )
  expect((disk.held.get('queue') as Uint8Array).length).toBeLessThan(40)
})

test('a proposal that takes its own place again is one cell', async () => {
  const disk = await written()
  const { log } = await queueOn(disk)
  await log.writeProposals([proposalOf(4, 1)], [])
  await log.writeProposals([], [proposalOf(3).id])
  expect(disk.commits).toEqual([['proposal/4'], []])
})

test('nothing is left on the disk of what was removed', async () => {
  const disk = await written()
  const { log } = await queueOn(disk)
  await log.writeProposals(
    [],
    five.map(({ id }) => id),
  )
  expect([...disk.held.keys()].sort()).toEqual(['first', 'start'])
})

test('a crash while it is written leaves what was there before', async () => {
  const disk = await written()
  const { log } = await queueOn(disk)
  disk.gate = new Promise(() => {})
  void log.writeProposals([proposalOf(7), proposalOf(1, 1)], [proposalOf(2).id])
  expect(await heldOn(new Disk(disk.held))).toEqual(five)
})

test('a commit that fails changes nothing, and nothing is accepted afterwards', async () => {
  const disk = await written()
  const { log } = await queueOn(disk)
  const full = new StorageError('quota', 'the disk is full')
  disk.gate = Promise.reject(full)
  const first = log.writeProposals([proposalOf(7)], [proposalOf(1).id])
  await disk.begun()
  const outcomes = await Promise.allSettled([first, log.writeProposals([], [proposalOf(2).id])])
  expect(outcomes).toMatchObject([{ reason: full }, { reason: { code: 'stopped', cause: full } }])
  disk.gate = Promise.resolve()
  await expect(log.writeProposals([proposalOf(8)], [])).rejects.toMatchObject({ code: 'stopped' })
  await expect(log.readProposals()).rejects.toMatchObject({ code: 'stopped' })
  expect(await heldOn(disk)).toEqual(five)
})

/** Stretches of numbers as they are stored. */
const stretches = (...ends: number[]): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8 * ends.length))
  for (const [i, end] of ends.entries()) view.setFloat64(8 * i, end)
  return toStored('queue', new Uint8Array(view.buffer))
}

const flipped = (stored: unknown): Uint8Array => {
  const damaged = (stored as Uint8Array).slice()
  damaged[damaged.length - 1] = (damaged[damaged.length - 1] as number) ^ 1
  return damaged
}

test.each<[string, CellKey, (held: Map<CellKey, unknown>) => void]>([
  ['missing', 'proposal/2', (held) => held.delete('proposal/2')],
  ['missing', 'proposal/3', (held) => held.set('queue', stretches(1, 6))],
  ['checksum', 'proposal/4', (held) => held.set('proposal/4', flipped(held.get('proposal/4')))],
  ['checksum', 'proposal/5', (held) => held.set('proposal/5', held.get('proposal/6'))],
  ['unreadable', 'proposal/1', (held) => held.set('proposal/1', toStored('proposal/1', Uint8Array.of(0x80)))],
  [
    'unreadable',
    'proposal/5',
    (held) => held.set('proposal/5', toStored('proposal/5', (held.get('proposal/1') as Uint8Array).subarray(5))),
  ],
  ['older-version', 'proposal/1', (held) => held.set('proposal/1', emptyOfVersion(5, 'proposal/1'))],
  ['newer-version', 'queue', (held) => held.set('queue', emptyOfVersion(9, 'queue'))],
  ['checksum', 'queue', (held) => held.set('queue', flipped(held.get('queue')))],
  ['unreadable', 'queue', (held) => held.set('queue', stretches(1))],
  ['unreadable', 'queue', (held) => held.set('queue', stretches(0, 2))],
  ['unreadable', 'queue', (held) => held.set('queue', stretches(2, 1))],
  ['unreadable', 'queue', (held) => held.set('queue', stretches(1, 2, 2, 4))],
  ['unreadable', 'queue', (held) => held.set('queue', stretches(1, 1.5))],
  ['unreadable', 'queue', (held) => held.set('queue', stretches(1, Number.NaN))],
  ['unreadable', 'queue', (held) => held.set('queue', stretches(1, 2 ** 52))],
])('a queue is refused as %s at %s, and nothing is written over it', async (corruption, key, damage) => {
  const disk = await written()
  expect(await heldOn(disk)).toEqual(five)
  damage(disk.held)
  const log = new Log(disk)
  await log.load()
  const error = await log.readProposals().catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(StorageCorrupt)
  expect(error).toMatchObject({ corruption, key })
  await expect(log.writeProposals([], [])).rejects.toMatchObject({ code: 'misused' })
})

test('it holds what a list would, whatever is put and removed, and whenever it is opened again', async () => {
  const number = fc.nat({ max: 12 })
  const step = fc.record({
    put: fc.array(fc.tuple(number, fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined })), { maxLength: 5 }),
    removed: fc.array(number, { maxLength: 5 }),
    reopens: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const disk = new Disk()
      let { log } = await queueOn(disk)
      let model: readonly KeptProposal[] = []
      for (const { put, removed, reopens } of steps) {
        const proposals = put.map(([name, sequence]) => proposalOf(name, sequence))
        const others = removed.filter((name) => put.every(([each]) => each !== name)).map((name) => proposalOf(name).id)
        await log.writeProposals(proposals, others)
        for (const one of proposals) {
          const isThere = model.some(({ id }) => id === one.id)
          model = isThere ? model.map((each) => (each.id === one.id ? one : each)) : [...model, one]
        }
        model = model.filter(({ id }) => !others.includes(id))
        if (reopens) {
          const again = await queueOn(disk)
          expect(again.held).toEqual(model)
          log = again.log
        }
      }
      expect(await heldOn(disk)).toEqual(model)
    }),
  )
})

test.each<[string, (held: Map<CellKey, unknown>) => void, readonly KeptProposal[], number | undefined]>([
  ['all where none of it is damaged', () => {}, five, 0],
  ['nothing where nothing waits', (held) => held.delete('queue'), [], 0],
  [
    'the others where one is damaged',
    (held) => held.set('proposal/4', flipped(held.get('proposal/4'))),
    five.toSpliced(2, 1),
    1,
  ],
  ['the others where one is gone', (held) => held.delete('proposal/1'), five.slice(1), 1],
  ['nothing where nobody knows what there was', (held) => held.set('queue', flipped(held.get('queue'))), [], undefined],
])('of what waits in a storage that is given up it can be read: %s', async (_, damage, proposals, lost) => {
  const disk = await written()
  damage(disk.held)
  // Not where it has begun, too.
  disk.held.set('start', 'damaged')
  const log = new Log(disk)
  await expect(log.load()).rejects.toThrow(StorageCorrupt)
  expect(await log.salvageProposals()).toEqual({ proposals, lost })
  await log.close()
  await expect(log.salvageProposals()).rejects.toMatchObject({ code: 'closed' })
})

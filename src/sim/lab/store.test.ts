import { expect, it } from 'vitest'
import type { FloorRecord, InstanceRecord } from '../../core/index.js'
import { configurationOf } from './scene.js'
import { type Batch, type Saved, Store } from './store.js'

const record = (number: number): InstanceRecord => ({
  epoch: 0,
  instance: { slot: 0, number },
  phase: 'none',
  value: undefined,
  deps: undefined,
  initDeps: undefined,
  initValue: undefined,
  ballot: 0,
  votedBallot: 0,
})

const floor = (last: number): FloorRecord => ({ epoch: 0, stable: [last, 0], last, drop: [0, 0] })

/** @param executed how far it goes in its epoch; undefined: it is the state at the epoch's start */
const saved = (epoch: number, executed?: number): Saved => ({
  configuration: configurationOf(epoch, [0, 1]),
  executed: executed === undefined ? undefined : { frontier: [executed, 0], beyond: [[], []] },
  writers: new Map(),
  position: executed ?? 0,
  before: 0,
})

const storeOf = (...batches: readonly Partial<Batch>[]): Store => {
  const store = new Store()
  for (const batch of batches)
    store.keep({ records: [], floor: undefined, compacted: false, saved: undefined, ...batch })
  return store
}

it('a disk keeps the newest floor and checkpoint, whatever is written after them', () => {
  const checkpoint = saved(0, 3)
  const store = storeOf({ floor: floor(1) }, { floor: floor(2), saved: checkpoint }, { records: [record(4)] })
  expect([store.floor, store.saved]).toEqual([floor(2), checkpoint])
})

it('a disk that is compacted holds the records of that write alone', () => {
  const written = [{ records: [record(1)] }, { records: [record(2)] }]
  expect(storeOf(...written).records).toEqual([record(1), record(2)])
  expect(storeOf(...written, { records: [record(2)], compacted: true }).records).toEqual([record(2)])
})

it('a disk begins an epoch with its state alone, and keeps that as its start', () => {
  const start = saved(1)
  const store = storeOf({ records: [record(1)], floor: floor(1) }, { saved: start }, { saved: saved(1, 2) })
  expect([store.records, store.floor, store.start]).toEqual([[], undefined, start])
})

it('a disk that gets a snapshot of the middle of an epoch knows no start of it', () => {
  expect(storeOf({ saved: saved(1) }, { saved: saved(2, 5) }).start).toBeUndefined()
})

import { Encoder } from 'cbor-x/encode'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InstanceRecord } from '../core/index.js'
import { checkpointHeader, introduction, lives, recordBatch } from './arbitraries.js'
import {
  type CheckpointHeader,
  decodeBatch,
  decodeCheckpointHeader,
  decodeIntroduction,
  decodeLives,
  encodeBatch,
  encodeCheckpointHeader,
  encodeIntroduction,
  encodeLives,
  hexToBytes,
  type RecordBatch,
  WireError,
} from './index.js'

const record = (change: Partial<InstanceRecord>): InstanceRecord => ({
  epoch: 0,
  instance: { slot: 0, number: 1 },
  phase: 'accepted',
  value: { kind: 'noop' },
  deps: [0, 0, 0],
  initValue: undefined,
  initDeps: undefined,
  ballot: 32,
  votedBallot: 16,
  ...change,
})

const cbor = new Encoder({ tagUint8Array: false })
const group = '0123456789abcdef'.repeat(2)

const configuration = { number: 0, voters: [group], wireVersion: 5, stateVersion: 1 }

const batch = (...records: InstanceRecord[]): RecordBatch => ({
  group,
  incarnation: 7,
  records,
  floor: undefined,
  compacted: false,
})

test('every field of a batch and its records survives writing and reading [K18]', () => {
  fc.assert(
    fc.property(recordBatch, (written) => {
      expect(decodeBatch(encodeBatch(written))).toStrictEqual(written)
    }),
    { numRuns: 1000 },
  )
})

test('starts, lives known and headers of checkpoints survive writing and reading', () => {
  fc.assert(
    fc.property(introduction, lives, checkpointHeader, (ofLife, ofLives, ofHeader) => {
      expect(decodeIntroduction(encodeIntroduction(ofLife))).toStrictEqual(ofLife)
      expect(decodeLives(encodeLives(ofLives))).toStrictEqual(ofLives)
      expect(decodeCheckpointHeader(encodeCheckpointHeader(ofHeader))).toStrictEqual(ofHeader)
    }),
  )
})

const two = ['0'.repeat(32), 'f'.repeat(32)]

test.each<[string, Partial<CheckpointHeader>, object]>([
  ['an executed number inside its own frontier', { executed: { frontier: [3], beyond: [[3]] } }, { code: 'rule' }],
  ['an executed number that leaves no gap', { executed: { frontier: [3], beyond: [[4]] } }, { code: 'rule' }],
  ['executed numbers out of order', { executed: { frontier: [3], beyond: [[7, 6]] } }, { code: 'rule' }],
  [
    'a row too few',
    { configuration: { ...configuration, voters: two }, executed: { frontier: [3, 3], beyond: [[]] } },
    { code: 'rule', path: 'executed.beyond' },
  ],
  ['more voters than rows', { configuration: { ...configuration, voters: two } }, { code: 'rule', path: 'executed' }],
  [
    'voters out of order',
    {
      configuration: { ...configuration, voters: two.toReversed() },
      executed: { frontier: [3, 3], beyond: [[], []] },
    },
    { code: 'rule', path: 'configuration' },
  ],
  [
    'a version before the first',
    { configuration: { ...configuration, stateVersion: 0 } },
    { code: 'rule', path: 'configuration' },
  ],
  ['chunks without number', { chunks: -1 }, { code: 'range', path: 'chunks' }],
])('a checkpoint with %s is neither written nor read', (_, change, error) => {
  const broken = { group, configuration, executed: { frontier: [3], beyond: [[5]] }, chunks: 1, ...change }
  expect(() => encodeCheckpointHeader(broken)).toThrow(expect.objectContaining(error))
  const { frontier, beyond } = broken.executed
  const { number, voters, wireVersion, stateVersion } = broken.configuration
  // Read, -1 is no CBOR of ours at all.
  const bytes = cbor.encode([
    hexToBytes(group),
    [number, voters.map(hexToBytes), wireVersion, stateVersion],
    [frontier, beyond],
    broken.chunks,
  ])
  expect(() => decodeCheckpointHeader(bytes)).toThrow(WireError)
})

test('an initial value that is the value itself is written once, and is one object again when read', () => {
  const value = {
    kind: 'commands',
    commands: [
      { spans: [], payload: new Uint8Array(10_000), session: '0'.repeat(32), sequence: 1, acknowledged: 0, after: [] },
    ],
  } as const
  const bytes = encodeBatch(batch(record({ value, initValue: value })))
  expect(bytes.length).toBeLessThan(10_100)
  const [read] = decodeBatch(bytes).records
  expect(read?.initValue).toBe(read?.value)
})

/** A batch of one record as the array that it is on the disk, whatever the record holds. Its vectors are all zero. */
const raw = (it: InstanceRecord, phase: number): Uint8Array => {
  const value = it.value === undefined ? null : 0
  const { slot, number } = it.instance
  const fields = [
    [it.epoch, slot, number],
    phase,
    value,
    it.deps ?? null,
    null,
    it.initDeps ?? null,
    it.ballot,
    it.votedBallot,
  ]
  return cbor.encode([hexToBytes(group), 7, [fields], null, false])
}

test('a seal in a record is the seal again when it is read', () => {
  const seal = { kind: 'seal', next: { ...configuration, number: 1 } } as const
  const sealed = batch(record({ value: seal, initValue: seal }))
  expect(decodeBatch(encodeBatch(sealed))).toStrictEqual(sealed)
})

test('a batch is an array of its fields, and so is a record', () => {
  expect(decodeBatch(raw(record({}), 2))).toStrictEqual(batch(record({})))
})

test.each<[string, Partial<InstanceRecord>, number]>([
  ['a voted ballot above the promised one [H3]', { ballot: 16, votedBallot: 32 }, 2],
  ['a vote in an instance that was only pre-accepted', { phase: 'pre-accepted' }, 1],
  ['a vote in an instance in phase none', { phase: 'none' }, 0],
  ['an accepted instance without a value', { value: undefined }, 2],
  ['dependencies of another length than the initial ones', { initDeps: [0] }, 2],
  ['a committed instance without dependencies', { phase: 'committed', deps: undefined }, 3],
])('%s is neither written nor read', (_, change, phase) => {
  const rule = expect.objectContaining({ name: 'WireError', code: 'rule', path: 'records[0]' })
  expect(() => encodeBatch(batch(record(change)))).toThrow(rule)
  expect(() => decodeBatch(raw(record(change), phase))).toThrow(rule)
})

test('a promise without anything else known is a record', () => {
  const promise = record({ phase: 'none', value: undefined, deps: undefined, votedBallot: 0 })
  expect(decodeBatch(encodeBatch(batch(promise)))).toStrictEqual(batch(promise))
})

const damaged = (bytes: Uint8Array, at: number, flip: number): Uint8Array => {
  const index = at % bytes.length
  bytes[index] = (bytes[index] as number) ^ flip
  return bytes
}

/** Reads, and writes again what was read. */
const checkAnswer = (again: () => Uint8Array): void => {
  try {
    expect(again()).toBeInstanceOf(Uint8Array)
  } catch (error) {
    expect(error).toBeInstanceOf(WireError)
  }
}

test('a damaged batch or header of a checkpoint is refused with a WireError or makes another one', () => {
  fc.assert(
    fc.property(
      recordBatch,
      checkpointHeader,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (ofBatch, ofHeader, at, flip) => {
        const batchBytes = damaged(encodeBatch(ofBatch), at, flip)
        checkAnswer(() => encodeBatch(decodeBatch(batchBytes)))
        const headerBytes = damaged(encodeCheckpointHeader(ofHeader), at, flip)
        checkAnswer(() => encodeCheckpointHeader(decodeCheckpointHeader(headerBytes)))
      },
    ),
    { numRuns: 1000 },
  )
})

test.each<[string, Partial<RecordBatch>, object]>([
  ['a group that is no id', { group: '' }, { code: 'shape', path: 'group' }],
  [
    'floors of two lengths',
    { floor: { epoch: 0, stable: [0, 0], last: 0, drop: [0] } },
    { code: 'rule', path: 'floor' },
  ],
  ['an incarnation before the first', { incarnation: 0 }, { code: 'range', path: 'incarnation' }],
])('a batch with %s is neither written nor read', (_, change, error) => {
  const broken = { ...batch(), ...change }
  expect(() => encodeBatch(broken)).toThrow(expect.objectContaining(error))
  const { group, incarnation, floor } = broken
  const fields = floor === undefined ? null : [floor.epoch, floor.stable, floor.last, floor.drop]
  const bytes = cbor.encode([new Uint8Array(group.length / 2), incarnation, [], fields, false])
  expect(() => decodeBatch(bytes)).toThrow(expect.objectContaining(error))
})

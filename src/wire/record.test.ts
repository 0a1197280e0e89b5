import { Encoder } from 'cbor-x/encode'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { InstanceRecord } from '../core/index.js'
import { instanceRecord, membership } from './arbitraries.js'
import { decodeMembership, decodeRecords, encodeMembership, encodeRecords, WireError } from './index.js'

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

test('every field of a record survives writing and reading [K18]', () => {
  fc.assert(
    fc.property(fc.array(instanceRecord, { maxLength: 5 }), (written) => {
      expect(decodeRecords(encodeRecords(written))).toStrictEqual(written)
    }),
    { numRuns: 1000 },
  )
})

test('a membership survives writing and reading', () => {
  fc.assert(
    fc.property(membership, (it) => {
      expect(decodeMembership(encodeMembership(it))).toStrictEqual(it)
    }),
  )
})

test('an initial value that is the value itself is written once, and is one object again when read', () => {
  const value = {
    kind: 'commands',
    commands: [{ spans: [], payload: new Uint8Array(10_000), session: '0'.repeat(32), sequence: 1 }],
  } as const
  const bytes = encodeRecords([record({ value, initValue: value })])
  expect(bytes.length).toBeLessThan(10_100)
  const [read] = decodeRecords(bytes)
  expect(read?.initValue).toBe(read?.value)
})

/** A record as the array that it is on the disk, whatever it holds. */
const raw = (it: InstanceRecord, phase: number): Uint8Array => {
  const value = it.value === undefined ? null : 0
  const slotAndNumber = [it.instance.slot, it.instance.number]
  const fields = [it.epoch, slotAndNumber, phase, value, it.deps ?? null, null, null, it.ballot, it.votedBallot]
  return new Encoder().encode([fields])
}

test('a record is an array of its fields', () => {
  expect(decodeRecords(raw(record({}), 2))).toStrictEqual([record({})])
})

test.each<[string, Partial<InstanceRecord>, number]>([
  ['a voted ballot above the promised one [H3]', { ballot: 16, votedBallot: 32 }, 2],
  ['a vote in an instance that was only pre-accepted', { phase: 'pre-accepted' }, 1],
  ['a vote in an instance in phase none', { phase: 'none' }, 0],
  ['an accepted instance without a value', { value: undefined }, 2],
  ['a committed instance without dependencies', { phase: 'committed', deps: undefined }, 3],
])('%s is neither written nor read', (_, change, phase) => {
  const rule = expect.objectContaining({ name: 'WireError', code: 'rule', path: '[0]' })
  expect(() => encodeRecords([record(change)])).toThrow(rule)
  expect(() => decodeRecords(raw(record(change), phase))).toThrow(rule)
})

test('a promise without anything else known is a record', () => {
  const promise = record({ phase: 'none', value: undefined, deps: undefined, votedBallot: 0 })
  expect(decodeRecords(encodeRecords([promise]))).toStrictEqual([promise])
})

test('damaged records are refused with a WireError or make other records', () => {
  fc.assert(
    fc.property(instanceRecord, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, at, flip) => {
      const bytes = encodeRecords([written])
      const index = at % bytes.length
      bytes[index] = (bytes[index] as number) ^ flip
      try {
        expect(encodeRecords(decodeRecords(bytes))).toBeInstanceOf(Uint8Array)
      } catch (error) {
        expect(error).toBeInstanceOf(WireError)
      }
    }),
    { numRuns: 2000 },
  )
})

test('voters out of order are not written', () => {
  const voters = ['1', '0'].map((digit) => digit.repeat(32))
  const error = { code: 'rule', path: 'voters' }
  expect(() => encodeMembership({ group: '0'.repeat(32), epoch: 0, voters, founded: true })).toThrow(
    expect.objectContaining(error),
  )
})

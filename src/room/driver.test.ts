import { expect, it } from 'vitest'
import type { InstanceRecord } from '../core/index.js'
import type { MemberReady } from '../member/index.js'
import { type Disk, Disks } from '../storage/stage.js'
import { decodeBatch } from '../wire/index.js'
import { Driver } from './driver.js'

const GROUP = '9'.repeat(32)
const SELF = '1'.repeat(32)

const recordOf = (number: number): InstanceRecord => ({
  epoch: 0,
  instance: { slot: 1, number },
  phase: 'committed',
  value: { kind: 'noop' },
  deps: [0, number - 1, 0],
  initValue: undefined,
  initDeps: undefined,
  ballot: 0,
  votedBallot: 0,
})

const handedOut = (sequence: number, change: Partial<MemberReady> = {}): MemberReady => ({
  sequence,
  records: [],
  floor: undefined,
  compacted: false,
  cut: undefined,
  dropCut: false,
  checkpoint: undefined,
  messages: [],
  messagesAfterWrite: [],
  awaited: false,
  executed: [],
  events: [],
  ...change,
})

/** A driver of a member that hands out what the test says. */
const driven = async (durable = true) => {
  const disks = new Disks()
  const storage = await disks.open(GROUP, SELF)
  const disk = disks.disk(GROUP, SELF) as Disk
  await storage.load()
  const queue: MemberReady[] = []
  const written: number[] = []
  const failures: string[] = []
  let nowMs = 0
  const member = {
    ready: () => queue.shift(),
    written: ({ sequence }: MemberReady) => void written.push(sequence),
    checkpointWritten: () => {},
    step: () => {},
    stop: () => {},
  }
  const options = { group: GROUP, incarnation: 1, now: () => nowMs, batches: 0, storage, durable }
  const driver = new Driver(
    member,
    { ...options, reporter: undefined, soon: queueMicrotask },
    {
      send: () => {},
      unwritten: () => undefined,
      handled: () => {},
      entered: () => {},
      impossible: () => {},
      failed: ({ reason }) => void failures.push(reason),
    },
  )
  let sequence = 0
  return {
    driver,
    disk,
    written,
    failures,
    /** One ready more, and the driver looks for it at this time. */
    hands: (change: Partial<MemberReady>, atMs: number = nowMs): void => {
      queue.push(handedOut(++sequence, change))
      nowMs = atMs
      driver.run()
    },
    /** It looks for work, and there is none. */
    looks: (atMs: number): void => {
      nowMs = atMs
      driver.run()
    },
    /** By batch, the numbers of its instances. */
    stored: (): readonly (readonly number[])[] =>
      disk.commits
        .flat()
        .filter((key) => typeof key === 'number')
        .map((key) =>
          decodeBatch((disk.held.get(key) as Uint8Array).subarray(5)).records.map((it) => it.instance.number),
        ),
  }
}

it('what nothing waits for is written with the next that something waits for, and told in order', async () => {
  const { hands, disk, written, stored } = await driven()
  hands({ records: [recordOf(1)] })
  hands({})
  hands({ records: [recordOf(2)] })
  expect(disk.commits).toEqual([])
  hands({ records: [recordOf(3)], awaited: true })
  await disk.begun()
  expect(written).toEqual([])
  await settled(() => written.length === 4)
  expect(written).toEqual([1, 2, 3, 4])
  expect(stored()).toEqual([[1, 2, 3]])
})

it('an answer that waits for an earlier record has it written, though it brings none', async () => {
  const { hands, written, stored } = await driven()
  hands({ records: [recordOf(1)] })
  hands({ awaited: true })
  await settled(() => written.length === 2)
  expect(stored()).toEqual([[1]])
})

it('what has waited for 30 ms waits no longer, once the time is told', async () => {
  const { hands, looks, disk, written, stored } = await driven()
  hands({ records: [recordOf(1)] }, 1000)
  hands({ records: [recordOf(2)] }, 1020)
  looks(1029)
  expect(disk.commits).toEqual([])
  looks(1030)
  await settled(() => written.length === 2)
  expect(stored()).toEqual([[1, 2]])
})

it('no more than 64 readies wait', async () => {
  const { hands, written, stored } = await driven()
  for (let number = 1; number <= 65; number++) hands({ records: [recordOf(number)] })
  await settled(() => written.length === 65)
  expect(stored()).toEqual([Array.from({ length: 65 }, (_, i) => i + 1)])
})

it('a batch that holds all there is to remember needs nothing of what was to be written before', async () => {
  const { hands, written, stored } = await driven()
  hands({ records: [recordOf(1)] })
  hands({ records: [recordOf(2), recordOf(3)], compacted: true })
  await settled(() => written.length === 2)
  expect(stored()).toEqual([[2, 3]])
})

it('what is still to be written when it is stopped is written then', async () => {
  const { driver, hands, stored } = await driven()
  hands({ records: [recordOf(1)] })
  await driver.stop('closed')
  expect(stored()).toEqual([[1]])
})

it('where nothing is durable nothing is put off', async () => {
  const { hands, written } = await driven(false)
  hands({ records: [recordOf(1)] })
  expect(written).toEqual([1])
})

/** What comes of writes comes in microtasks. */
const settled = async (done: () => boolean): Promise<void> => {
  for (let turns = 0; turns < 1000 && !done(); turns++) await Promise.resolve()
  expect(done()).toBe(true)
}

import { describe, expect, it } from 'vitest'
import { type InstanceRecord, NOOP } from '../core/index.js'
import { Agenda } from './agenda.js'
import { objects } from './bytes.js'
import { Disk } from './disk.js'
import { Random } from './random.js'

const record = (number: number): InstanceRecord => ({
  epoch: 0,
  instance: { slot: 0, number },
  phase: 'accepted',
  value: NOOP,
  deps: [0],
  initValue: undefined,
  initDeps: undefined,
  ballot: 16,
  votedBallot: 16,
})

const configuration = { number: 0, voters: ['a'], wireVersion: 1, stateVersion: 1 }
const checkpoint = { configuration, executed: { frontier: [0], beyond: [[]] }, chunks: [] }
const floor = { epoch: 0, stable: [1], last: 1, drop: [1] }

const world = (seed: number) => {
  const agenda = new Agenda()
  const told: string[] = []
  const disk = new Disk(agenda, new Random(seed), objects, (_, gone) => {
    if (gone.length > 0) told.push(`${gone.map(({ instance }) => instance.number)} gone`)
  })
  const write = (number: number, delayMs: number, failing = false): void => {
    const done = (failed: boolean): void => void told.push(`${number} ${failed ? 'failed' : 'durable'}`)
    disk.write({ records: [record(number)] }, delayMs, failing, done)
  }
  const held = (): number[] => disk.records.map(({ instance }) => instance.number)
  return { agenda, disk, told, write, held }
}

describe('a disk', () => {
  it('makes writes durable in their order, whatever time each of them takes', () => {
    const { agenda, told, write, held } = world(1)
    write(1, 30)
    write(2, 10)
    write(3, 50)
    agenda.runUntil(20)
    expect(held()).toEqual([1, 2])
    agenda.runUntil(60)
    expect(told).toEqual(['1 durable', '2 durable', '3 durable'])
  })

  it('loses in a crash what was under way, but for some of the oldest, and tells nobody', () => {
    const kept = new Set<number>()
    for (let seed = 1; seed <= 50; seed++) {
      const { agenda, disk, told, write, held } = world(seed)
      write(1, 10)
      agenda.runUntil(10)
      write(2, 10)
      write(3, 10)
      disk.crash()
      agenda.runUntil(50)
      expect(told).toEqual(['1 durable'])
      expect([1, 2, 3].slice(0, held().length)).toEqual(held())
      kept.add(held().length)
    }
    expect(kept).toEqual(new Set([1, 2, 3]))
  })

  it('keeps nothing that was written after a write that failed; that one may be there or not', () => {
    const kept = new Set<string>()
    for (let seed = 1; seed <= 50; seed++) {
      const { agenda, told, write, held } = world(seed)
      write(1, 10)
      write(2, 10, true)
      write(3, 10)
      agenda.runUntil(10)
      write(4, 10)
      agenda.runUntil(50)
      expect(told).toEqual(['1 durable', '2 failed'])
      kept.add(`${held()}`)
    }
    expect(kept).toEqual(new Set(['1', '1,2']))
  })

  it('keeps a checkpoint with all that was written before it, and knows every vote', () => {
    const { agenda, disk, write } = world(1)
    write(1, 30)
    disk.write({ records: [], checkpoint }, 10, false, () => {})
    expect(disk.checkpoint).toBeUndefined()
    agenda.runUntil(10)
    expect(disk.checkpoint).toBe(checkpoint)
    const ledger = disk.ledger(0)
    expect(ledger.find(0, 1)).toEqual(record(1))
    expect([ledger.voted(0, 1, 16), ledger.voted(0, 1, 0), ledger.voted(0, 2, 16)]).toEqual([true, false, false])
  })

  it('forgets what a compacted batch does not hold, and says so; its ledger remembers', () => {
    const { agenda, disk, told, write, held } = world(1)
    write(1, 0)
    write(2, 0)
    disk.write({ records: [record(2)], floor, compacted: true }, 0, false, () => {})
    write(3, 0)
    agenda.runUntil(10)
    expect(told).toEqual(['1 durable', '2 durable', '1 gone', '3 durable'])
    expect(held()).toEqual([2, 3])
    expect(disk.floor).toBe(floor)
    expect(disk.ledger(0).find(0, 1)).toEqual(record(1))
  })

  it('keeps the start of an epoch beside later checkpoints, until it is dropped, and nothing written before it', () => {
    const { agenda, disk, write, held } = world(1)
    const later = { ...checkpoint, executed: { frontier: [1], beyond: [[]] } }
    write(1, 0)
    disk.write({ records: [], floor }, 0, false, () => {})
    disk.write({ records: [], checkpoint, cut: true }, 0, false, () => {})
    write(2, 0)
    disk.write({ records: [], checkpoint: later }, 0, false, () => {})
    agenda.runUntil(10)
    expect([disk.checkpoint, disk.cut, disk.floor, held()]).toEqual([later, checkpoint, undefined, [2]])
    disk.write({ records: [], dropCut: true }, 0, false, () => {})
    agenda.runUntil(20)
    expect([disk.checkpoint, disk.cut]).toEqual([later, undefined])
  })
})

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

const world = (seed: number) => {
  const agenda = new Agenda()
  const disk = new Disk<string>(1, agenda, new Random(seed), objects)
  const told: string[] = []
  const write = (number: number, delayMs: number, failing = false): void => {
    const done = (failed: boolean): void => void told.push(`${number} ${failed ? 'failed' : 'durable'}`)
    disk.write({ records: [record(number)], checkpoint: undefined, failing, done }, delayMs)
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
    const checkpoint = { executed: { frontier: [0], beyond: [[]] }, chunks: [], known: 'state' }
    disk.write({ records: [], checkpoint, failing: false, done: () => {} }, 10)
    expect(disk.checkpoint).toBeUndefined()
    agenda.runUntil(10)
    expect(disk.checkpoint).toBe(checkpoint)
    expect(disk.find(0, 1)).toEqual(record(1))
    expect([disk.voted(0, 1, 16), disk.voted(0, 1, 0), disk.voted(0, 2, 16)]).toEqual([true, false, false])
  })
})

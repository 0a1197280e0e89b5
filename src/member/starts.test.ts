import { describe, expect, it } from 'vitest'
import { type Introduction, type Start, Starts } from './index.js'

const C = 'c'.repeat(32)

/** A storage: what a copy of it holds, too. */
class Disk {
  #start: Start | undefined
  batches = 0

  constructor(readonly name: string) {}

  /** Starts a replica on it. */
  start(): Introduction {
    const previous = this.#start
    const count = (previous?.count ?? 0) + 1
    this.#start = { count, nonce: `${this.name}${count}` }
    return { start: this.#start, previous, batches: this.batches }
  }

  copy(name: string): Disk {
    const copy = new Disk(name)
    copy.#start = this.#start
    copy.batches = this.batches
    return copy
  }
}

describe('what another remembers of a replica’s starts', () => {
  it('takes one life after the other, however often each is told', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    for (let life = 1; life <= 3; life++) {
      const introduction = disk.start()
      expect(starts.judge(C, introduction)).toBe('new')
      expect(starts.judge(C, introduction)).toBe('known')
      expect(starts.latest(C)).toEqual(introduction.start)
      disk.batches += 10
      starts.heard(C, disk.batches)
      expect(starts.judge(C, introduction)).toBe('known')
    }
  })

  it('takes a life that comes after others it has never heard of', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    starts.judge(C, disk.start())
    disk.start()
    expect(starts.judge(C, disk.start())).toBe('new')
  })

  it('refuses a rolled-back storage, whose next start is another than the one it knows [H14]', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    starts.judge(C, disk.start())
    const older = disk.copy('b')
    starts.judge(C, disk.start())
    expect(starts.judge(C, older.start())).toBe('refused')
    // Nor the one after, which would have the right count.
    expect(starts.judge(C, older.start())).toBe('refused')
    expect(starts.latest(C)).toEqual({ count: 2, nonce: 'a2' })
  })

  it('refuses an earlier life', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    const first = disk.start()
    starts.judge(C, disk.start())
    expect(starts.judge(C, first)).toBe('refused')
  })

  it('refuses a storage rolled back within one life, however often it is started: it holds less than it has told of [H14]', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    starts.judge(C, disk.start())
    disk.batches = 4
    const older = disk.copy('b')
    starts.heard(C, 5)
    starts.heard(C, 3)
    expect(starts.judge(C, older.start())).toBe('refused')
    expect(starts.judge(C, older.start())).toBe('refused')
    disk.batches = 5
    expect(starts.judge(C, disk.start())).toBe('new')
  })

  it('takes one of two copies of a storage, the first to be heard of, and refuses the other [H14]', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    starts.judge(C, disk.start())
    const copy = disk.copy('b')
    expect(starts.judge(C, copy.start())).toBe('new')
    expect(starts.judge(C, disk.start())).toBe('refused')
  })

  it('refuses a copy whose original lives on once that one has been started again, and both are restarted [H14]', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    starts.judge(C, disk.start())
    const copy = disk.copy('b')
    expect(starts.judge(C, disk.start())).toBe('new')
    expect(starts.judge(C, copy.start())).toBe('refused')
    expect(starts.judge(C, copy.start())).toBe('refused')
    expect(starts.judge(C, disk.start())).toBe('new')
  })

  it('remembers what it has written down', () => {
    const first = new Starts([])
    const disk = new Disk('a')
    first.judge(C, disk.start())
    const older = disk.copy('b')
    first.judge(C, disk.start())
    first.heard(C, 7)
    const second = new Starts(first.known)
    expect(second.known).toEqual([{ replica: C, start: { count: 2, nonce: 'a2' }, batches: 7 }])
    expect(second.judge(C, older.start())).toBe('refused')
  })
})

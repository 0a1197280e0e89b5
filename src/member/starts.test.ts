import { describe, expect, it } from 'vitest'
import { type Introduction, MAX_STARTS, nextLife, Starts } from './index.js'

const C = 'c'.repeat(32)

/** A storage: what a copy of it holds, too. */
class Disk {
  #life: Introduction | undefined
  batches = 0

  constructor(readonly name: string) {}

  /** Starts a replica on it. */
  start(): Introduction {
    const count = (this.#life?.start.count ?? 0) + 1
    this.#life = nextLife(this.#life, `${this.name}${count}`, this.batches)
    return this.#life
  }

  copy(name: string): Disk {
    const copy = new Disk(name)
    copy.#life = this.#life
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

  it('takes a life that comes after others it has never heard of, as long as the one it knows is still told', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    starts.judge(C, disk.start())
    for (let unheard = 2; unheard < MAX_STARTS; unheard++) disk.start()
    expect(starts.judge(C, disk.start())).toBe('new')
    for (let unheard = 1; unheard < MAX_STARTS; unheard++) disk.start()
    expect(starts.judge(C, disk.start())).toBe('refused')
  })

  it('is told the last starts of a storage, each with what it held then', () => {
    const disk = new Disk('a')
    expect(disk.start()).toEqual({ start: { count: 1, nonce: 'a1', batches: 0 }, earlier: [] })
    disk.batches = 3
    expect(disk.start()).toEqual({
      start: { count: 2, nonce: 'a2', batches: 3 },
      earlier: [{ count: 1, nonce: 'a1', batches: 0 }],
    })
    for (let count = 3; count <= MAX_STARTS + 4; count++) disk.start()
    const { start, earlier } = disk.start()
    const numbers = Array.from({ length: MAX_STARTS }, (_, i) => 6 + i)
    expect([...earlier, start].map(({ count }) => count)).toEqual(numbers)
  })

  it('refuses a storage rolled back by a life, however often it was started alone, and grew, before it is met [H14]', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    starts.judge(C, disk.start())
    const older = disk.copy('b')
    starts.judge(C, disk.start())
    for (let life = 0; life < 2 * MAX_STARTS; life++) {
      expect(starts.judge(C, older.start())).toBe('refused')
      older.batches += 10
    }
    expect(starts.latest(C)).toEqual({ count: 2, nonce: 'a2', batches: 0 })
  })

  it('refuses an earlier life', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    const first = disk.start()
    starts.judge(C, disk.start())
    expect(starts.judge(C, first)).toBe('refused')
  })

  it('refuses a storage rolled back within one life, however often it was started alone, and grew: that life has lost some [H14]', () => {
    const starts = new Starts([])
    const disk = new Disk('a')
    starts.judge(C, disk.start())
    disk.batches = 4
    const older = disk.copy('b')
    expect(starts.heard(C, 5)).toBe(true)
    expect(starts.heard(C, 3)).toBe(false)
    for (let life = 0; life < 2 * MAX_STARTS; life++) {
      expect(starts.judge(C, older.start())).toBe('refused')
      older.batches += 10
    }
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
    expect(second.known).toEqual([{ replica: C, start: { count: 2, nonce: 'a2', batches: 0 }, batches: 7 }])
    expect(second.judge(C, older.start())).toBe('refused')
  })
})

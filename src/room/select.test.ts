import { describe, expect, expectTypeOf, it } from 'vitest'
import { Notifier } from './cell.js'
import type { Observable } from './contract.js'
import { deepEqual } from './deep-equal.js'
import { select } from './select.js'

/** What a room's observables are like: told once a turn, however often it was set. */
class Source<T> implements Observable<T> {
  readonly #notifier = new Notifier()
  #value: T
  listeners = 0

  constructor(value: T) {
    this.#value = value
  }

  get(): T {
    return this.#value
  }

  set(value: T): void {
    this.#value = value
    this.#notifier.changed()
  }

  subscribe(listener: (value: T) => void): () => void {
    this.listeners++
    const end = this.#notifier.add(() => listener(this.#value))
    return () => {
      this.listeners--
      end()
    }
  }
}

/** All that was told by the end of this turn is told. */
const turn = (): Promise<void> => Promise.resolve()

interface Seats {
  readonly hall: string
  readonly taken: readonly number[]
}

describe('a selection', () => {
  it('is computed when asked, and once for one value', () => {
    const source = new Source({ hall: 'A', taken: [1, 2] })
    let computed = 0
    const count = select(source, ({ taken }: Seats) => {
      computed++
      return taken.length
    })
    expect(computed).toBe(0)
    expect([count.get(), count.get(), computed]).toEqual([2, 2, 1])
    source.set({ hall: 'A', taken: [1, 2, 3] })
    expect(computed).toBe(1)
    expect([count.get(), computed]).toEqual([3, 2])
  })

  it('stays the same object until `equal` says otherwise', () => {
    const source = new Source<Seats>({ hall: 'A', taken: [1, 2] })
    const even = select(source, ({ taken }) => taken.filter((seat) => seat % 2 === 0), deepEqual)
    const before = even.get()
    source.set({ hall: 'A', taken: [1, 2, 3] })
    expect(even.get()).toBe(before)
    source.set({ hall: 'A', taken: [1, 2, 4] })
    expect(even.get()).toEqual([2, 4])
  })

  it('tells of its changes only, at most once a turn, and says the newest', async () => {
    const source = new Source<Seats>({ hall: 'A', taken: [] })
    const told: string[] = []
    select(source, ({ hall }) => hall).subscribe((hall) => told.push(hall))
    source.set({ hall: 'A', taken: [1] })
    await turn()
    expect(told).toEqual([])
    source.set({ hall: 'B', taken: [1] })
    source.set({ hall: 'C', taken: [1] })
    await turn()
    expect(told).toEqual(['C'])
    source.set({ hall: 'B', taken: [1] })
    source.set({ hall: 'C', taken: [2] })
    await turn()
    expect(told).toEqual(['C'])
  })

  it('tells each listener of what has changed since it came, whoever else has asked meanwhile', async () => {
    const source = new Source<Seats>({ hall: 'A', taken: [] })
    const hall = select(source, ({ hall }) => hall)
    const first: string[] = []
    const second: string[] = []
    hall.subscribe((now) => first.push(now))
    source.set({ hall: 'B', taken: [] })
    expect(hall.get()).toBe('B')
    hall.subscribe((now) => second.push(now))
    await turn()
    expect([first, second]).toEqual([['B'], []])
  })

  it('does not take what is not a number for a change of it', async () => {
    const source = new Source({ x: Number.NaN })
    const told: number[] = []
    select(source, ({ x }) => x).subscribe((x) => told.push(x))
    source.set({ x: Number.NaN })
    await turn()
    expect(told).toEqual([])
  })

  it('listens to its source while somebody listens to it', () => {
    const source = new Source(1)
    const doubled = select(source, (x) => 2 * x)
    expect(doubled.get()).toBe(2)
    expect(source.listeners).toBe(0)
    const ends = [doubled.subscribe(() => {}), doubled.subscribe(() => {})]
    expect(source.listeners).toBeGreaterThan(0)
    for (const end of ends) end()
    expect(source.listeners).toBe(0)
  })

  it('can be selected from', async () => {
    const source = new Source<Seats>({ hall: 'A', taken: [1] })
    const taken = select(source, ({ taken }) => taken)
    const many = select(taken, ({ length }) => length > 1)
    expectTypeOf(many).toEqualTypeOf<Observable<boolean>>()
    const told: boolean[] = []
    many.subscribe((now) => told.push(now))
    source.set({ hall: 'A', taken: [1, 2] })
    await turn()
    source.set({ hall: 'A', taken: [1, 2, 3] })
    await turn()
    expect(told).toEqual([true])
  })
})

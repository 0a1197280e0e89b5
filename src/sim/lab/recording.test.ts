import { describe, expect, it } from 'vitest'
import { NOOP, type TraceCell, type Value } from '../../core/index.js'
import { type Known, Recording, type Standing } from './recording.js'

const value = (name: string): Value => ({ kind: 'sweep', payload: new TextEncoder().encode(name) })

const known = (number: number, changes: Partial<Known> = {}): Known => ({
  instance: { slot: 0, number },
  phase: 'pre-accepted',
  value: value('a'),
  deps: [0, 0],
  initDeps: [0, 0],
  ballot: 0,
  votedBallot: 0,
  ...changes,
})

const voter: Standing = { state: 'up', role: 'voter', epoch: 0, city: undefined }

/** Two voters; `at` moves the clock. */
const recording = () => {
  let now = 0
  const its = new Recording(() => now)
  its.began(0, [0, 1])
  for (const replica of [0, 1]) its.stands(replica, voter, 0)
  const at = (ms: number): Recording => {
    now = ms
    return its
  }
  const most = (ms: number, number = 1): TraceCell | undefined => its.cell('all', 0, { slot: 0, number }, ms)
  return { its, at, most }
}

describe('the most that anybody knows', () => {
  it('is what the coordinator said until somebody is further: accepted at the newest ballot, then committed', () => {
    const { at, most } = recording()
    at(1).knows(0, 0, known(1))
    at(2).knows(1, 0, known(1, { deps: [0, 1] }))
    expect(most(2)?.deps).toEqual([0, 0])
    at(3).knows(1, 0, known(1, { phase: 'accepted', deps: [0, 1], ballot: 17, votedBallot: 17 }))
    at(4).knows(0, 0, known(1, { phase: 'accepted', deps: [0, 2] }))
    expect(most(4)?.deps).toEqual([0, 1])
    at(5).knows(0, 0, known(1, { phase: 'accepted', deps: [0, 3], ballot: 33, votedBallot: 33 }))
    expect(most(5)?.deps).toEqual([0, 3])
    at(6).committed(1, 0, { slot: 0, number: 1 }, 'told', { value: value('a'), deps: [0, 4] })
    expect(most(6)).toMatchObject({ phase: 'committed', deps: [0, 4], path: 'told' })
    expect(most(5)?.phase).toBe('accepted')
    expect(most(0)).toBeUndefined()
  })

  it('does not take for committed what a crash may still undo', () => {
    const { at, most } = recording()
    at(1).knows(0, 0, known(1))
    at(2).knows(0, 0, known(1, { phase: 'committed' }))
    expect(most(2)?.phase).toBe('pre-accepted')
    at(3).committed(1, 0, { slot: 0, number: 1 }, 'recovered', { value: NOOP, deps: [0, 0] })
    expect(most(3)).toMatchObject({ phase: 'committed', value: NOOP })
  })

  it('says how it was decided as who decided it does', () => {
    const { at, most } = recording()
    at(1).knows(0, 0, known(1, { phase: 'committed' }))
    at(2).committed(0, 0, { slot: 0, number: 1 }, 'slow', known(1))
    at(3).committed(1, 0, { slot: 0, number: 1 }, 'told', known(1))
    expect(most(3)?.path).toBe('slow')
    at(4).committed(1, 0, { slot: 0, number: 2 }, 'told', known(2))
    at(5).committed(0, 0, { slot: 0, number: 2 }, 'fast', known(2))
    expect([most(4, 2)?.path, most(5, 2)?.path]).toEqual(['told', 'fast'])
  })

  it('numbers what is executed by who executes it first, and never anew', () => {
    const { its, at, most } = recording()
    for (const number of [1, 2]) for (const replica of [0, 1]) at(1).knows(replica, 0, known(number))
    at(2).executed(0, 0, { slot: 0, number: 2 }, 1, 1)
    at(3).executed(1, 0, { slot: 0, number: 1 }, 1, 1)
    at(4).executed(0, 0, { slot: 0, number: 1 }, 2, 2)
    expect([most(4, 1)?.position, most(4, 2)?.position]).toEqual([2, 1])
    expect(its.cell(1, 0, { slot: 0, number: 1 }, 4)?.position).toBe(1)
  })
})

describe('what is executed', () => {
  it('stays so in the picture of all, though others tell only then what it was', () => {
    const { at, most } = recording()
    at(1).executed(1, 0, { slot: 0, number: 1 }, 1, 1)
    at(2).committed(0, 0, { slot: 0, number: 1 }, 'fast', known(1))
    expect(most(2)).toMatchObject({ phase: 'committed', executed: true, position: 1 })
  })

  it('is in the picture of all, also where nobody has told how it was decided', () => {
    const { at, most } = recording()
    at(1).knows(0, 0, known(1, { phase: 'committed' }))
    at(2).executed(0, 0, { slot: 0, number: 1 }, 1, 1)
    expect(most(2)).toMatchObject({ phase: 'committed', executed: true, position: 1 })
  })
})

describe('the lag', () => {
  it('counts what is committed somewhere and not executed at the voter that is furthest behind', () => {
    const { its, at } = recording()
    at(1).committed(0, 0, { slot: 0, number: 1 }, 'fast', known(1))
    at(2).executed(0, 0, { slot: 0, number: 1 }, 1, 1)
    at(3).committed(0, 0, { slot: 0, number: 2 }, 'fast', known(2))
    at(4).executed(1, 0, { slot: 0, number: 1 }, 1, 1)
    expect([0, 1, 2, 3, 4].map((ms) => its.lag(ms))).toEqual([0, 1, 1, 2, 1])
    at(5).stands(1, { ...voter, state: 'down' }, 1)
    at(5).executed(0, 0, { slot: 0, number: 2 }, 2, 2)
    expect(its.lag(5)).toBe(0)
  })

  it('counts over all epochs', () => {
    const { its, at } = recording()
    at(1).began(1, [0, 1])
    at(1).knows(0, 1, known(1))
    at(2).committed(0, 0, { slot: 0, number: 1 }, 'fast', known(1))
    at(3).committed(0, 1, { slot: 0, number: 1 }, 'fast', known(1))
    expect(its.lag(3)).toBe(2)
  })

  it('leaves out no-ops, and what is ordered after a seal', () => {
    const { its, at } = recording()
    at(1).committed(0, 0, { slot: 0, number: 1 }, 'recovered', { value: NOOP, deps: [0, 0] })
    expect(its.lag(1)).toBe(0)
    at(2).committed(0, 0, { slot: 0, number: 2 }, 'fast', known(2))
    at(2).committed(0, 0, { slot: 0, number: 3 }, 'fast', known(3))
    at(3).executed(0, 0, { slot: 0, number: 2 }, 1, 1)
    at(3).sealed(0, 0)
    at(4).executed(1, 0, { slot: 0, number: 2 }, 1, 1)
    at(5).committed(1, 0, { slot: 0, number: 4 }, 'told', known(4))
    expect([2, 3, 4, 5].map((ms) => its.lag(ms))).toEqual([2, 1, 0, 0])
    expect(its.cell(0, 0, { slot: 0, number: 3 }, 3)?.void).toBe(true)
    expect(its.cell('all', 0, { slot: 0, number: 3 }, 3)?.void).toBe(true)
    expect(its.cell(0, 0, { slot: 0, number: 3 }, 2)?.void).toBe(false)
    expect(its.cell(1, 0, { slot: 0, number: 3 }, 4)).toBeUndefined()
  })
})

describe('a life that begins', () => {
  it('knows what is durable, and what its state contains; the rest is gone from there, and not from the past', () => {
    const { its, at } = recording()
    for (const number of [1, 2, 3]) at(number).knows(0, 0, known(number))
    at(4).executed(0, 0, { slot: 0, number: 1 }, 1, 1)
    const durable: TraceCell = { ...known(2), void: false, path: undefined, executed: false, position: 0 }
    at(5).remembers(0, 0, [[durable], []], { frontier: [1, 0], beyond: [[], []] })
    const numbers = (ms: number): readonly number[] =>
      its.rows(0, 0, ms, 9).flatMap((row) => row.map(({ instance }) => instance.number))
    expect(numbers(4.999)).toEqual([1, 2, 3])
    expect(numbers(5)).toEqual([1, 2])
    expect(its.rows('all', 0, 5, 9)[0]).toHaveLength(3)
  })
})

describe('a cut', () => {
  it('ends where it is healed, or another takes its place', () => {
    const { its, at } = recording()
    at(1).cut([[0], [1]])
    at(2).cut([[0, 1]])
    at(3).heal()
    expect(its.cuts).toEqual([
      { fromMs: 1, untilMs: 2, sides: [[0], [1]] },
      { fromMs: 2, untilMs: 3, sides: [[0, 1]] },
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { Execution } from './execution.js'
import type { Deps, InstanceId } from './record.js'

interface Committed {
  readonly id: InstanceId
  readonly deps: Deps
}

/** A chain over `rows` rows: each instance depends on the one before it, in the row before its own. */
const chain = (rows: number, length: number): Committed[] =>
  Array.from({ length }, (_, i) => {
    const deps = new Array<number>(rows).fill(0)
    if (i > 0) deps[(i - 1) % rows] = Math.floor((i - 1) / rows) + 1
    return { id: { slot: i % rows, number: Math.floor(i / rows) + 1 }, deps }
  })

/** The same shuffle in every run: multiplying by a prime that does not divide the length visits every index once. */
const scattered = <T>(from: readonly T[]): T[] => from.map((_, i) => from[(i * 7_368_787) % from.length] as T)

const inOrder = (of: Committed[]): Committed[] => of
const inReverse = (of: Committed[]): Committed[] => of.reverse()

/** Millions of objects keep the collector busy on a small machine; only what is not linear takes longer. */
const COLLECTING_MS = 120_000

describe('execution of a long chain', { timeout: COLLECTING_MS }, () => {
  // Deep enough to overflow a stack, and never done if each commit looked again at all that wait.
  it.each([
    [1_000_000, 1, 'in order', inOrder],
    [1_000_000, 1, 'in reverse', inReverse],
    [1_000_000, 1, 'in scattered order', scattered],
    [1_000_000, 3, 'in order', inOrder],
    [300_000, 3, 'in reverse', inReverse],
    [300_000, 3, 'in scattered order', scattered],
  ])('of %i over %i rows, committed %s, ends in its one order', (length, rows, _, arrange) => {
    let executed = 0
    let misplaced = 0
    const execution = new Execution(
      rows,
      (slot, number) => {
        if ((number - 1) * rows + slot !== executed++) misplaced++
      },
      () => {},
    )
    for (const { id, deps } of arrange(chain(rows, length))) execution.committed(id, deps)
    expect([executed, misplaced]).toEqual([length, 0])
  })
})

describe('execution of one cycle of 100 000', { timeout: COLLECTING_MS }, () => {
  it.each([
    ['in order', inOrder],
    ['in scattered order', scattered],
  ])('committed %s, ends by number, then slot', (_, arrange) => {
    const length = 100_000
    const cycle = chain(2, length)
    // The first depends on the last: 0.1 on all of row 1.
    cycle[0] = { id: { slot: 0, number: 1 }, deps: [0, length / 2] }
    const order: number[] = []
    const execution = new Execution(
      2,
      (slot, number) => order.push(2 * number + slot),
      () => {},
    )
    for (const { id, deps } of arrange(cycle)) execution.committed(id, deps)
    expect(order).toHaveLength(length)
    expect(order.every((at, i) => i === 0 || (order[i - 1] as number) < at)).toBe(true)
  })
})

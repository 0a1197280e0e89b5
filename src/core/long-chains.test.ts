import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Execution } from './execution.js'
import type { Deps, InstanceId } from './record.js'
import { Replica } from './replica.js'
import { batch, command, idOf } from './stage-words.js'
import { Vertex } from './vertex.js'

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

/** How often a vertex of the graph was looked at: every step along an edge or a path does so. */
let looked = 0
const representative = Object.getOwnPropertyDescriptor(Vertex.prototype, 'representative') as PropertyDescriptor

beforeAll(() => {
  Object.defineProperty(Vertex.prototype, 'representative', {
    configurable: true,
    get(this: Vertex) {
      looked++
      return representative.get?.call(this)
    },
  })
})

afterAll(() => {
  Object.defineProperty(Vertex.prototype, 'representative', representative)
})

/** Executes a chain; how often it has looked at a vertex for that. */
const execute = (length: number, rows: number, arrange: (of: Committed[]) => Committed[], how: string): number => {
  let executed = 0
  let misplaced = 0
  const execution = new Execution(
    rows,
    (slot, number) => {
      if ((number - 1) * rows + slot !== executed++) misplaced++
    },
    () => {},
  )
  const commits = arrange(chain(rows, length))
  const lookedBefore = looked
  const began = performance.now()
  for (const { id, deps } of commits) execution.committed(id, deps)
  const perSecond = Math.round((1000 * length) / (performance.now() - began))
  expect([executed, misplaced]).toEqual([length, 0])
  const steps = looked - lookedBefore
  console.info(`a chain of ${length} over ${rows} rows, ${how}: ${perSecond} instances/s, ${steps} steps`)
  return steps
}

describe('execution of a long chain', { timeout: COLLECTING_MS }, () => {
  // Deep enough to overflow a stack, and never done if each commit looked again at all that wait.
  it.each([
    [1_000_000, 1, 'in order', inOrder],
    [1_000_000, 1, 'in reverse', inReverse],
    [1_000_000, 1, 'in scattered order', scattered],
    [1_000_000, 3, 'in order', inOrder],
    [300_000, 3, 'in reverse', inReverse],
    [300_000, 3, 'in scattered order', scattered],
  ])(
    'of %i over %i rows, committed %s, ends in its one order, with work linear in its length',
    (length, rows, how, arrange) => {
      const quarter = execute(length / 4, rows, arrange, how)
      expect(execute(length, rows, arrange, how)).toBeLessThanOrEqual(4.4 * quarter)
    },
  )
})

/** One replica is told of a chain of commands on one key, in its order, and executes it; commands per second. */
const told = (length: number): number => {
  const voters = [0, 1, 2].map(idOf)
  const replica = new Replica({
    id: idOf(2),
    group: '9'.repeat(32),
    configuration: { number: 0, voters, wireVersion: 1, stateVersion: 1 },
    random: () => 0.5,
  })
  const onOneKey = command('a')
  let executed = 0
  let misplaced = 0
  const began = performance.now()
  for (let number = 1; number <= length; number++) {
    const value = batch({ ...onOneKey, sequence: number })
    const instance = { slot: 0, number }
    replica.step(idOf(0), { kind: 'commit', epoch: 0, instance, value, deps: [number - 1, 0, 0] })
    for (let ready = replica.ready(); ready !== undefined; ready = replica.ready()) {
      replica.written(ready)
      for (const { instance } of ready.executable) if (instance.number !== ++executed) misplaced++
      replica.applied(ready.executable.map(({ instance }) => instance))
    }
  }
  const perSecond = Math.round((1000 * length) / (performance.now() - began))
  expect([executed, misplaced]).toEqual([length, 0])
  console.info(`a replica executes ${length} commands on one key: ${perSecond} commands/s`)
  return perSecond
}

it('a replica executes a chain of 1 000 000 commands on one key in linear time', { timeout: COLLECTING_MS }, () => {
  const sixteenth = told(62_500)
  // Were it quadratic, the whole would be 16 times as slow. A busy machine and its collector are allowed for.
  expect(told(1_000_000)).toBeGreaterThan(sixteenth / 6)
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

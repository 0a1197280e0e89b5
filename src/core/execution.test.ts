import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Execution } from './execution.js'
import type { Deps, InstanceId } from './record.js'

interface Committed {
  readonly id: InstanceId
  readonly deps: Deps
}

const nameOf = ({ slot, number }: InstanceId): string => `${slot}.${number}`

/** Rows of committed instances with random prefixes for dependencies, own rows below themselves; in a random order. */
const graphs = fc
  .array(fc.nat(4), { minLength: 1, maxLength: 4 })
  .chain((lengths) =>
    fc.tuple(
      ...lengths.flatMap((length, slot) =>
        Array.from({ length }, (_, i) =>
          fc
            .tuple(...lengths.map((other, row) => fc.nat(row === slot ? i : other)))
            .map((deps): Committed => ({ id: { slot, number: i + 1 }, deps })),
        ),
      ),
    ),
  )
  .chain((graph) =>
    fc.record({ n: fc.constant(graph[0]?.deps.length ?? 1), graph: shuffled(graph), again: shuffled(graph) }),
  )

const shuffled = (graph: readonly Committed[]): fc.Arbitrary<Committed[]> =>
  fc.shuffledSubarray([...graph], { minLength: graph.length })

/** Names of what an instance depends on, directly or not; itself included. */
const closureOf = (of: Committed, graph: ReadonlyMap<string, Committed>): ReadonlySet<string> => {
  const closure = new Set([nameOf(of.id)])
  for (const name of closure) {
    graph.get(name)?.deps.forEach((upTo, slot) => {
      for (let number = 1; number <= upTo; number++) closure.add(nameOf({ slot, number }))
    })
  }
  return closure
}

/** Commits in this order; what is executed, and in which order, after each commit. */
const run = (
  n: number,
  graph: readonly Committed[],
  after: (order: readonly string[]) => void = () => {},
): string[] => {
  const order: string[] = []
  const execution = new Execution(
    n,
    (slot, number) => order.push(nameOf({ slot, number })),
    () => {},
  )
  for (const { id, deps } of graph) {
    execution.committed(id, deps)
    after(order)
  }
  return order
}

describe('execution', () => {
  it('has executed, after every commit, exactly what is committed with all it depends on', () => {
    fc.assert(
      fc.property(graphs, ({ n, graph }) => {
        const known = new Map<string, Committed>()
        let commits = 0
        run(n, graph, (order) => {
          const next = graph[commits++] as Committed
          known.set(nameOf(next.id), next)
          const expected = [...known.values()].filter((of) =>
            [...closureOf(of, known)].every((name) => known.has(name)),
          )
          expect([...order].sort()).toEqual(expected.map(({ id }) => nameOf(id)).sort())
        })
      }),
      { numRuns: 500 },
    )
  })

  it('executes what is depended on first, and a cycle by number, then slot', () => {
    fc.assert(
      fc.property(graphs, ({ n, graph }) => {
        const known = new Map(graph.map((each) => [nameOf(each.id), each]))
        const closures = new Map(graph.map((each) => [nameOf(each.id), closureOf(each, known)]))
        const order = run(n, graph)
        order.forEach((earlier, i) => {
          for (const later of order.slice(i + 1)) {
            const forth = closures.get(later)?.has(earlier) === true
            const back = closures.get(earlier)?.has(later) === true
            if (!back) continue
            expect(forth).toBe(true)
            const [a, b] = [known.get(earlier)?.id, known.get(later)?.id] as [InstanceId, InstanceId]
            expect(a.number < b.number || (a.number === b.number && a.slot < b.slot)).toBe(true)
          }
        })
      }),
      { numRuns: 500 },
    )
  })

  it('orders any two that are related alike for every order of commits [K12]', () => {
    fc.assert(
      fc.property(graphs, ({ n, graph, again }) => {
        const known = new Map(graph.map((each) => [nameOf(each.id), each]))
        const first = run(n, graph)
        const second = run(n, again)
        expect([...second].sort()).toEqual([...first].sort())
        const at = new Map(second.map((name, i) => [name, i]))
        first.forEach((earlier, i) => {
          for (const later of first.slice(i + 1)) {
            const closure = closureOf(known.get(later) as Committed, known)
            if (closure.has(earlier)) expect(at.get(earlier)).toBeLessThan(at.get(later) as number)
          }
        })
      }),
      { numRuns: 500 },
    )
  })

  it('names each missing instance that something waits for once, the lowest of its row first', () => {
    const missing: string[] = []
    const execution = new Execution(
      2,
      () => {},
      (id) => missing.push(nameOf(id)),
    )
    execution.committed({ slot: 1, number: 1 }, [3, 0])
    execution.committed({ slot: 1, number: 2 }, [3, 1])
    expect(missing).toEqual(['0.1'])
    execution.committed({ slot: 0, number: 1 }, [0, 0])
    execution.committed({ slot: 0, number: 3 }, [0, 0])
    expect(missing).toEqual(['0.1', '0.2'])
    execution.committed({ slot: 0, number: 2 }, [0, 0])
    expect(execution.ordered.frontier).toEqual([3, 2])
  })

  it('takes zero dependencies for none, and number 1 for the first instance [K8]', () => {
    expect(run(2, [{ id: { slot: 0, number: 1 }, deps: [0, 0] }])).toEqual(['0.1'])
    expect(run(2, [{ id: { slot: 0, number: 1 }, deps: [0, 1] }])).toEqual([])
  })
})

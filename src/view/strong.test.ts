import fc from 'fast-check'
import { expect, it } from 'vitest'
import { strongComponents } from './strong.js'

const graphs = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc.array(fc.array(fc.integer({ min: -1, max: n - 1 }), { minLength: 3, maxLength: 3 }), {
    minLength: n,
    maxLength: n,
  }),
)

it('puts into one component what leads to each other, and numbers it above what it leads to', () => {
  fc.assert(
    fc.property(graphs, (graph) => {
      const reach = graph.map((_, from) => reachable(graph, from))
      const component = strongComponents(graph.length, 3, (vertex, nth) => graph[vertex]?.[nth] ?? -1)
      for (const from of graph.keys()) {
        for (const to of graph.keys()) {
          const leads = reach[from]?.has(to) === true
          const both = from === to || (leads && reach[to]?.has(from) === true)
          expect(component[from] === component[to]).toBe(both)
          if (leads) expect(component[from]).toBeGreaterThanOrEqual(component[to] as number)
        }
      }
    }),
  )
})

const reachable = (graph: readonly (readonly number[])[], from: number): ReadonlySet<number> => {
  const found = new Set<number>()
  const open = [from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const to of graph[at] ?? []) {
      if (to < 0 || found.has(to)) continue
      found.add(to)
      open.push(to)
    }
  }
  return found
}

it('goes through a chain of a hundred thousand without running out of stack', () => {
  const length = 100_000
  const component = strongComponents(length, 1, (vertex) => (vertex + 1 < length ? vertex + 1 : -1))
  expect(component[0]).toBe(length - 1)
})

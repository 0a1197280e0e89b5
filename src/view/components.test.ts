import fc from 'fast-check'
import { expect, it } from 'vitest'
import { NOOP, type TraceCell, valuesInterfere, write } from '../core/index.js'
import { cell, rowsOfCells } from './arbitraries.js'
import { layOut } from './layout.js'

const componentsIn = (rows: readonly (readonly TraceCell[])[], columns: number) =>
  layOut(rows, columns).components.map((component) => component.map(({ key }) => key))

const writing = (key: string): Pick<TraceCell, 'value'> => {
  const { value } = cell(0, 1, undefined)
  if (value?.kind !== 'commands') throw new Error('cells write')
  return { value: { ...value, commands: value.commands.map((command) => ({ ...command, spans: [write(key)] })) } }
}

it('finds two that depend on each other, and no one that both depend on', () => {
  const rows = [[cell(0, 1, [0, 0]), cell(0, 2, [1, 1])], [cell(1, 1, [2, 0])]]
  expect(componentsIn(rows, 24)).toEqual([['1.1', '0.2']])
})

it('finds a circle over three, in the order of execution', () => {
  const rows = [[cell(0, 1, [0, 1, 0])], [cell(1, 1, [0, 0, 1])], [cell(2, 1, [1, 0, 0])]]
  expect(componentsIn(rows, 24)).toEqual([['0.1', '1.1', '2.1']])
})

it('takes a dependency to mean all before it in its row, as far as that interferes', () => {
  const behind = (of: string) => [
    [cell(0, 1, [0, 2], writing('a'))],
    [cell(1, 1, [1, 0], writing(of)), cell(1, 2, [0, 0])],
  ]
  expect(componentsIn(behind('a'), 24)).toEqual([['0.1', '1.1']])
  expect(componentsIn(behind('b'), 24)).toEqual([])
})

it('counts no instance that is not committed: its dependencies may change', () => {
  expect(componentsIn([[cell(0, 1, [0, 1])], [cell(1, 1, [1, 0], { phase: 'accepted' })]], 24)).toEqual([])
})

it('takes a no-op to interfere with everything, as core does', () => {
  expect(componentsIn([[cell(0, 1, [0, 1])], [cell(1, 1, [1, 0], { value: NOOP })]], 24)).toEqual([['0.1', '1.1']])
})

it('takes a command that is not known here to interfere with everything', () => {
  const rows = [[cell(0, 1, [0, 1])], [cell(1, 1, [1, 0], { value: undefined })]]
  expect(componentsIn(rows, 24)).toEqual([['0.1', '1.1']])
})

/** Everything that is reached from a cell, step by step, over every pair that counts. */
const reached = (from: TraceCell, cells: readonly TraceCell[]): ReadonlySet<TraceCell> => {
  const found = new Set<TraceCell>()
  const open = [from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const to of cells) {
      const named = (at.deps?.[to.instance.slot] ?? 0) >= to.instance.number
      const counts = at.value !== undefined && to.value !== undefined && valuesInterfere(at.value, to.value)
      if (at === to || !named || !counts || found.has(to)) continue
      found.add(to)
      open.push(to)
    }
  }
  return found
}

const KEYS = fc.infiniteStream(fc.constantFrom('a', 'b', 'c'))
const PHASES = fc.infiniteStream(fc.constantFrom('committed', 'committed', 'committed', 'accepted'))

it('finds what a search from every cell finds', () => {
  fc.assert(
    fc.property(rowsOfCells, KEYS, PHASES, fc.integer({ min: 1, max: 30 }), (plain, keys, phases, columns) => {
      const rows = plain.map((row) =>
        row.map((each): TraceCell => ({ ...each, ...writing(keys.next().value), phase: phases.next().value })),
      )
      const layout = layOut(rows, columns)
      const cells = layout.cells.map((placed) => placed.cell).filter(({ phase }) => phase === 'committed')
      const reach = new Map(cells.map((each) => [each, reached(each, cells)]))
      const inCircle = (a: TraceCell, b: TraceCell) => reach.get(a)?.has(b) === true && reach.get(b)?.has(a) === true
      const expected = cells.map((one) => cells.filter((other) => one === other || inCircle(one, other)))
      const found = new Map(layout.components.flatMap((members) => members.map(({ cell }) => [cell, members] as const)))
      for (const [nth, one] of cells.entries()) {
        const members = found.get(one)?.map((placed) => placed.cell) ?? [one]
        expect(new Set(members)).toEqual(new Set(expected[nth]))
      }
    }),
  )
})

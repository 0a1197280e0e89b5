import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { median } from '../../bench/statistics.js'
import { root } from '../entries.js'
import { written } from './figures.js'
import { looseNumbers, notesOf } from './notes.js'
import { pageOf } from './page.js'
import { type Result, resultOf, results } from './result.js'
import { isWritten, NOTES, PAGE, writtenOf } from './written.js'

const made: Result = {
  bench: 'core',
  machine: '2 × a processor',
  about: ['What was measured.', 'On what.'],
  measures: [
    {
      group: 'Throughput',
      name: 'slow',
      unit: '/s',
      values: [123_456, 100_000.4, 150_000],
      target: { better: 'more', goal: 200_000, floor: 100_000 },
      yardstick: { what: 'a bare loop', values: [246_912] },
    },
    {
      group: 'Latency',
      name: 'a | b',
      unit: 'ms',
      values: [0.12345],
      target: { better: 'less', goal: 0.1, floor: 0.1 },
    },
    { group: 'Throughput', name: 'fast', unit: '/s', values: [1_234_567.8] },
    { group: 'Latency', name: 'bytes', unit: 'B', values: [7] },
  ],
  plots: [{ name: 'two-lines', title: 'Two lines', svg: '<svg/>' }],
  failures: [],
  faults: ['Latency, a | b: 0.123 ms is over 0.1 ms'],
}

describe('the page', () => {
  it('has tables of what was measured, what was aimed at, and what the machine can do', () => {
    const [, ...parts] = pageOf([made], '## Not fast\n\nIt is {{core / Latency / bytes}}.').split(/^(?=## )/m)
    expect(parts).toEqual([
      `## What was aimed at

| bench | figure | measured | goal | floor | verdict |
| --- | --- | ---: | ---: | ---: | --- |
| \`core\` | Throughput: slow | 123,456 /s | ≥ 200,000 | ≥ 100,000 | floor met |
| \`core\` | Latency: a \\| b | 0.123 ms | ≤ 0.1 | ≤ 0.1 | **missed** |

`,
      `## Not fast

It is 7 B.

`,
      `## The protocol alone

\`npm run bench -- core\`, on 2 × a processor.

- What was measured.
- On what.

What failed:

- Latency, a | b: 0.123 ms is over 0.1 ms

![Two lines](images/bench-two-lines.svg)

### Throughput

|  | median, /s | spread | target | yardstick: a bare loop | of it |
| --- | ---: | ---: | --- | ---: | ---: |
| slow | 123,456 | 100,000 … 150,000 | ≥ 200,000, floor 100,000: floor met | 246,912 | 0.5 × |
| fast | 1,234,568 |  |  |  |  |

### Latency

|  | median | unit | target |
| --- | ---: | --- | --- |
| a \\| b | 0.123 | ms | ≤ 0.1: **missed** |
| bytes | 7 | B |  |
`,
    ])
  })

  it('takes no two pictures for one', () => {
    expect(() => writtenOf([made, { ...made, bench: 'wire' }])).toThrow('two plots are called two-lines')
  })

  it('has no place for a bench that it does not know', () => {
    expect(() => pageOf([{ ...made, bench: 'other' }], '')).toThrow('no section for other')
  })
})

describe('a result', () => {
  const json = (changes: object): string => JSON.stringify({ ...made, ...changes })

  it('is what a bench has written', () => {
    expect(resultOf('core', json({}))).toEqual(made)
  })

  it('that begins with what npm said is refused', () => {
    expect(() => resultOf('core', `> epaxos bench\n${json({})}`)).toThrow('was npm run with --silent?')
  })

  it.each([
    ['of another bench', { bench: 'wire' }, 'is one of wire'],
    ['without a value', { measures: [{ name: 'a', unit: 'ms', values: [] }] }, 'a has no values'],
    [
      'with a value that was not measured',
      { measures: [{ name: 'a', unit: 'ms', values: [Number.NaN] }] },
      'no numbers',
    ],
    ['with half a target', { measures: [{ name: 'a', unit: 'ms', values: [1], target: { goal: 1 } }] }, 'a target'],
    [
      'with an empty yardstick',
      { measures: [{ name: 'a', unit: '', values: [1], yardstick: { what: 'b' } }] },
      'yardstick',
    ],
    ['with a plot that names a folder', { plots: [{ name: '../a', title: 'A', svg: '<svg/>' }] }, 'a plot'],
    ['that does not say on what', { machine: undefined }, 'not of a bench on a machine'],
  ])('%s is refused', (_, changes, fault) => {
    expect(() => resultOf('core', json(changes))).toThrow(fault)
  })
})

describe('the notes', () => {
  it('take their figures from the results, and none that is not there', () => {
    expect(notesOf('a {{ core / Throughput / slow }} b', [made])).toBe('a 123,456 /s b')
    const perSecond: Result = { ...made, measures: [{ name: 'rate', unit: 'commands per second', values: [1234] }] }
    expect(notesOf('{{core / rate}}', [perSecond])).toBe('1,234')
    expect(() => notesOf('{{core / Throughput / gone}}', [made])).toThrow('core / Throughput / gone')
  })

  it('hold no number that a new run would not change', () => {
    expect(looseNumbers('with `n = 3` it is {{core / a 7}}, at most 1.5 or 12')).toEqual(['1.5', '12'])
    expect(looseNumbers(readFileSync(root + NOTES, 'utf8'))).toEqual([])
  })
})

describe('what is in the docs', () => {
  const kept = results()
  const files = writtenOf(kept)

  it('is what the results that are kept make: the page and its pictures, to the letter', () => {
    const there = ['docs', 'docs/images'].flatMap((folder) =>
      readdirSync(root + folder).map((name) => `${folder}/${name}`),
    )
    const texts = there.filter(isWritten).map((path) => [path, readFileSync(root + path, 'utf8')] as const)
    expect(new Map(texts)).toEqual(files)
  })

  it('has, in its tables, no number that the results do not hold', () => {
    const page = existsSync(root + PAGE) ? readFileSync(root + PAGE, 'utf8') : ''
    expect(strangersIn(page, kept)).toEqual([])
  })

  it('would not get away with one', () => {
    const page = pageOf([made], '')
    expect(strangersIn(page, [made])).toEqual([])
    expect(strangersIn(page.replace('150,000', '150,001'), [made])).toEqual(['150,001'])
  })
})

/** Numbers in the page's tables that are none of the results': nor a figure made of their values, nor in one of their names. */
const strangersIn = (page: string, results: readonly Result[]): readonly string[] => {
  const numbersIn = (text: string): readonly string[] => text.match(/\d+(,\d{3})*(\.\d+)?/g) ?? []
  const figures = results.flatMap(({ measures }) =>
    measures.flatMap(({ values, target, yardstick }) => [
      ...[median(values), Math.min(...values), Math.max(...values)],
      ...(target === undefined ? [] : [target.goal, target.floor]),
      ...(yardstick === undefined ? [] : [median(yardstick.values), median(values) / median(yardstick.values)]),
    ]),
  )
  const names = results.flatMap(({ measures }) =>
    measures.flatMap(({ group = '', name, unit, yardstick }) => [group, name, unit, yardstick?.what ?? '']),
  )
  const known = new Set([...figures.map(written), ...names].flatMap(numbersIn))
  const tables = page.split('\n').filter((line) => line.startsWith('|'))
  return numbersIn(tables.join('\n')).filter((number) => !known.has(number))
}

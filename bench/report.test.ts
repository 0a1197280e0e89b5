import { expect, it } from 'vitest'
import { atLeast, atMost, faultsOf, linesOf, type Report, short } from './report.js'

const report: Report = {
  about: ['Two of them.'],
  measures: [
    { name: 'start', unit: 'ms', values: [30, 1234.5, 20], target: atMost(25) },
    { name: 'size', unit: 'KiB', values: [1.2345], target: atMost(2, 1) },
    {
      group: 'busy',
      name: 'rate',
      unit: '/s',
      values: [7],
      target: atLeast(8, 9),
      yardstick: { what: 'bare', values: [20] },
    },
    { group: 'busy', name: 'lag', unit: 'ms', values: [1] },
  ],
  failures: [],
}

it('shows the median of each measure, with its spread, its target and its yardstick', () => {
  expect(linesOf(report)).toEqual([
    'Two of them.',
    'start       30 ms  20 … 1235  (at most 25)',
    'size      1.23 KiB  (at most 2, aimed at 1)',
    '',
    'busy',
    'rate         7 /s  (at least 8, aimed at 9)  [bare: 20 /s]',
    'lag          1 ms',
  ])
})

it('fails by the median, by what was not measured, and by whatever else went wrong', () => {
  expect(faultsOf(report)).toEqual(['start: 30 ms is over 25 ms', 'busy, rate: 7 /s is under 8 /s'])
  const nothing = { name: 'end', unit: 'ms', values: [], target: atMost(1) }
  expect(faultsOf({ about: [], measures: [nothing], failures: ['two states'] })).toEqual([
    'two states',
    'end: NaN ms is over 1 ms',
  ])
})

it('writes numbers with the digits that count', () => {
  expect([1234.5678, 100, 99.96, 1.5, 0.012345, 0].map(short)).toEqual(['1235', '100', '100', '1.5', '0.0123', '0'])
})

import { expect, it } from 'vitest'
import { faultsOf, linesOf, type Report, short } from './report.js'

const report: Report = {
  about: ['Two of them.'],
  measures: [
    { name: 'start', unit: 'ms', values: [30, 1234.5, 20], limit: 25 },
    { name: 'size', unit: 'KiB', values: [1.2345], limit: 2 },
  ],
  failures: [],
}

it('shows the median of each measure, with the spread of those measured more than once', () => {
  expect(linesOf(report)).toEqual([
    'Two of them.',
    'start       30 ms  20 … 1235  (at most 25)',
    'size      1.23 KiB  (at most 2)',
  ])
})

it('fails by the median, by what was not measured, and by whatever else went wrong', () => {
  expect(faultsOf(report)).toEqual(['start: 30 ms is over 25 ms'])
  const nothing = { name: 'end', unit: 'ms', values: [], limit: 1 }
  expect(faultsOf({ about: [], measures: [nothing], failures: ['two states'] })).toEqual([
    'two states',
    'end: NaN ms is over 1 ms',
  ])
})

it('writes numbers with the digits that count', () => {
  expect([1234.5678, 100, 99.96, 1.5, 0.012345, 0].map(short)).toEqual(['1235', '100', '100', '1.5', '0.0123', '0'])
})

import { expect, it } from 'vitest'
import { faultsOf } from '../report.js'
import type { Outcome } from './outcome.js'
import { five, optimumMs } from './places.js'
import { plotOf } from './plot.js'
import type { SiteSummary, Summary } from './summary.js'
import { measuresOf } from './tables.js'

/** Every place takes so many times its optimum. */
const sitesAt = (times: number): readonly SiteSummary[] =>
  five.map((_, slot) => {
    const ms = times * optimumMs(five, slot, 0)
    const spread = { p50: ms, p99: ms, mean: ms }
    return { commit: spread, execute: spread }
  })

const outcomeOf = (interference: number, times: number, lag: Summary['lag'] = [1, 1]): Outcome => ({
  scene: { places: five, clients: 1, writeMs: 0, runMs: 1000, interference: [interference] },
  runs: [{ interference, summaries: [{ sites: sitesAt(times), fast: 50, lag, failures: [] }] }],
  led: [{ leader: 1, sites: sitesAt(2), failures: [] }],
})

const faults = (outcome: Outcome): readonly string[] =>
  faultsOf({ about: [], measures: measuresOf(outcome), failures: [] })

it.each([
  [0, 1.001, 1.01],
  [2, 1.09, 1.11],
  [10, 1.19, 1.21],
  [100, 4.9, 5.1],
])('at %i % of interference %f times the optimum passes, %f times fails', (interference, well, badly) => {
  expect(faults(outcomeOf(interference, well))).toEqual([])
  expect(faults(outcomeOf(interference, badly))).toHaveLength(1)
})

it('a lag that is large, or grows while the run goes on, fails', () => {
  expect(faults(outcomeOf(50, 2, [50, 50]))).toEqual([])
  expect(faults(outcomeOf(50, 2, [51, 51]))).toHaveLength(1)
  expect(faults(outcomeOf(50, 2, [10, 16]))).toHaveLength(1)
})

it('what a place takes stands beside its optimum, and the log with a leader under where that is', () => {
  const measures = measuresOf(outcomeOf(2, 1.05))
  expect(measures.find(({ name }) => name === 'Ireland, execute p99')?.yardstick?.values).toEqual([135.9])
  expect(measures.at(-1)?.group).toBe('5 cities, 1 client each: Multi-Paxos, led from Canada')
})

it('a plot shows every place at every share, in letters of no less than 11 px, dark where the page is', () => {
  const { name, svg } = plotOf(outcomeOf(10, 1.5))
  expect(name).toBe('wan-5-cities-1-client')
  expect(svg.match(/class="middle"/g)).toHaveLength(1 + five.length)
  const sizes = [...svg.matchAll(/(\d+)px/g)].map(([, size]) => Number(size))
  expect(Math.min(...sizes)).toBeGreaterThanOrEqual(11)
  expect(svg).toContain('prefers-color-scheme:dark')
  expect(svg).not.toContain('NaN')
})

import { describe, expect, it } from 'vitest'
import { noFaults, type Report, simulate } from './index.js'

const SIZES = [1, 2, 3, 5, 7]
/** The first seeds of all: a failure names its own, and the command that replays it. */
const SEEDS = Array.from({ length: 120 }, (_, i) => i + 1)

const sum = (reports: readonly Report[], of: (report: Report) => number | undefined): number =>
  reports.reduce((total, report) => total + (of(report) ?? 0), 0)

describe('in a world that loses, repeats, reorders, cuts and crashes', () => {
  it.each(SIZES)('%i replicas agree, see each other, keep one order, and lose nothing answered', (n) => {
    const reports = SEEDS.map((seed) => simulate({ seed, n }))
    console.log(`n = ${n}, seeds 1 to ${SEEDS.length}: ${sum(reports, (report) => report.answered)} commands answered`)
    // What the checkers can't see is whether anything happened at all.
    expect(sum(reports, ({ answered }) => answered)).toBeGreaterThan(1000)
    if (n < 3) return
    expect(sum(reports, ({ crashes }) => crashes)).toBeGreaterThan(100)
    expect(sum(reports, ({ paths }) => paths.slow)).toBeGreaterThan(100)
    expect(sum(reports, ({ paths }) => paths.recovered)).toBeGreaterThan(50)
    expect(sum(reports, ({ noops }) => noops)).toBeGreaterThan(10)
    expect(sum(reports, ({ messages }) => messages.validate)).toBeGreaterThan(0)
    // With these seeds no recovery among three voters waits for another one.
    if (n > 3) expect(sum(reports, ({ messages }) => messages.waiting)).toBeGreaterThan(0)
  })
})

describe('in a world where everything works', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('%i replicas answer every command, without recovery', (n) => {
    const report = simulate({ seed: n, n, faults: noFaults })
    expect(report.answered).toBe(report.proposed)
    expect(report.proposed).toBeGreaterThan(0)
    expect(report.messages.recover).toBeUndefined()
    expect(report.paths.recovered).toBeUndefined()
  })

  it.each([1, 3, 5, 7])('%i replicas commit all that does not interfere on the fast path', (n) => {
    const reads = { keys: 100, rate: 10, reads: 1, ranges: 0, spans: 2 }
    const report = simulate({ seed: n, n, faults: noFaults, workload: reads })
    expect(report.proposed).toBeGreaterThan(0)
    expect(report.paths).toEqual({ fast: report.proposed })
  })
})

it('a seed names a run: it is the same each time, and another one is another', () => {
  const report = simulate({ seed: 11, n: 5 })
  expect(simulate({ seed: 11, n: 5 })).toEqual(report)
  expect(simulate({ seed: 12, n: 5 })).not.toEqual(report)
})

import { describe, expect, it } from 'vitest'
import { awsRegions, awsRoundTripMs } from './aws.js'
import { noFaults, type Report, simulate, type Workload } from './index.js'
import { awsDistanceMs } from './links.js'
import { Totals } from './totals.js'

/** The first seeds of all: a failure names its own, and the command that replays it. Small groups have fewer ways to fail. */
const FIXED = [
  [1, 20],
  [2, 40],
  [3, 150],
  [4, 80],
  [5, 300],
  [7, 80],
  [9, 15],
] as const
const FRESH_RUNS = 80

const calm: Workload = {
  homes: [],
  echoes: 0,
  echoMs: 0,
  clients: 5,
  lanes: 2,
  calls: 100,
  durationMs: 4000,
  keys: 5,
  apart: false,
  thinkMs: 200,
  dozing: 0,
  dozeMs: 0,
  timeoutMs: 2000,
  patienceMs: 10_000,
  reads: 0.3,
  ranges: 0.1,
  several: 0.1,
  payments: 0.2,
  accounts: 3,
  residents: 0.5,
  bursts: 0,
  queue: { proposals: 100, bytes: 100_000, window: 16 },
  renewal: 0,
  roaming: 0.2,
  sweepEveryMs: 500,
  sweepAfter: 20,
  checkpointEveryMs: 500,
  preferEveryMs: 1000,
}

describe('in a world that loses, repeats, reorders, cuts, crashes, forgets and sleeps', () => {
  const totals = new Totals()

  it.each(FIXED)('%i replicas keep every promise, with the same seeds each time', { timeout: 120_000 }, (n, runs) => {
    for (let seed = 1; seed <= runs; seed++) totals.add(simulate({ seed, n }))
  })

  it('all that can go wrong has gone wrong, and every case of recovery was reached', () => {
    const { numbers, mishaps, fates, paths, recoveries } = totals
    const seen = { ...numbers, ...mishaps, ...fates, ...paths, ...recoveries }
    const never = Object.keys(seen).filter((name) => name !== 'undecided' && !seen[name])
    expect(never).toEqual([])
    // The search gives up on few histories: those tell nothing.
    expect(numbers.undecided).toBeLessThan((numbers.runs ?? 0) / 100)
  })

  it.each([3, 5, 7])('%i replicas do so with seeds that nobody has tried', { timeout: 60_000 }, (n) => {
    const first = Math.floor(Math.random() * 2 ** 40)
    console.log(`n = ${n}, fresh seeds ${first} to ${first + FRESH_RUNS - 1}`)
    for (let seed = first; seed < first + FRESH_RUNS; seed++) simulate({ seed, n })
  })
})

describe('in a world where everything works', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('%i replicas answer every call, without recovery', (n) => {
    const report = simulate({ seed: n, n, faults: noFaults, workload: calm })
    expect(report.answered).toBe(report.calls)
    expect(report.calls).toBeGreaterThan(50)
    expect(report.recoveries).toEqual({})
    expect(report.paths.recovered).toBeUndefined()
    expect(report.lagMs).toBeLessThan(1000)
  })

  it.each([1, 3, 5, 7])('%i replicas commit all that does not interfere on the fast path', (n) => {
    const reads = { ...calm, reads: 1, ranges: 0, sweepAfter: 1000 }
    const { paths } = simulate({ seed: n, n, faults: noFaults, workload: reads })
    // But for the probes at the end, which write the same keys at once.
    expect(paths.fast).toBeGreaterThan(50)
    expect(paths.slow ?? 0).toBeLessThanOrEqual(n)
  })

  it('a commit across the planet takes one round trip to the second-nearest peer', () => {
    const link = (from: number, to: number) => ({ ...noFaults.link(from, to), delayMs: awsDistanceMs(from, to) })
    const faults = { ...noFaults, link, writeMs: [0, 0] as const }
    const apart = {
      ...calm,
      apart: true,
      keys: 200,
      several: 0,
      ranges: 0,
      payments: 0,
      residents: 0,
      clients: 10,
      sweepAfter: 1000,
      checkpointEveryMs: 10_000,
    }
    const { fastMs, paths } = simulate({ seed: 1, n: 5, faults, workload: apart })
    // But for the probes at the end.
    expect(paths.slow ?? 0).toBeLessThanOrEqual(5)
    awsRegions.forEach((region, slot) => {
      const peers = awsRegions.filter((peer) => peer !== region).map((peer) => awsRoundTripMs[region][peer])
      const [, secondMs = 0] = peers.sort((a, b) => a - b)
      const [leastMs, mostMs] = fastMs[slot] ?? [0, 0]
      expect(Math.abs(leastMs - secondMs), region).toBeLessThan(1)
      expect(Math.abs(mostMs - secondMs), region).toBeLessThan(1)
    })
  })
})

describe('a seed names a run', () => {
  const traceOf = (seed: number, n: number): [Report, string] => {
    const lines: string[] = []
    return [simulate({ seed, n, trace: (line) => lines.push(line) }), lines.join('\n')]
  }

  it('it is the same each time, byte for byte, and the hash says so without the text', () => {
    const [report, text] = traceOf(11, 5)
    expect(traceOf(11, 5)).toEqual([report, text])
    expect(text.length).toBeGreaterThan(10_000)
    expect(simulate({ seed: 11, n: 5 })).toEqual(report)
  })

  it('another seed, and another number of voters, is another run', () => {
    expect(simulate({ seed: 12, n: 5 }).trace).not.toBe(simulate({ seed: 11, n: 5 }).trace)
    expect(simulate({ seed: 11, n: 7 }).trace).not.toBe(simulate({ seed: 11, n: 5 }).trace)
  })
})

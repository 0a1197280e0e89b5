import { describe, expect, it } from 'vitest'
import { simulateChurn } from './simulate.js'
import { ChurnTotals } from './totals.js'

/** A failure names its seed, and the command that replays it. */
const FIXED_RUNS = 40
const FRESH_RUNS = 12

describe('in a group that members join and leave, and that changes its voters all the time', () => {
  it('every promise is kept over all epochs, with the same seeds each time', { timeout: 120_000 }, () => {
    const totals = new ChurnTotals()
    for (let seed = 1; seed <= FIXED_RUNS; seed++) totals.add(simulateChurn({ seed }))
    const { life, mishaps, fates } = totals
    const seen: Record<string, number> = { ...life, ...mishaps, ...fates }
    expect(Object.keys(seen).filter((name) => seen[name] === 0)).toEqual([])
  })

  it('and with seeds that nobody has tried', { timeout: 60_000 }, () => {
    const first = Math.floor(Math.random() * 2 ** 40)
    console.log(`churn, fresh seeds ${first} to ${first + FRESH_RUNS - 1}`)
    for (let seed = first; seed < first + FRESH_RUNS; seed++) simulateChurn({ seed })
  })
})

describe('a seed names a run of the churn profile', () => {
  it('it is the same each time, byte for byte', () => {
    const traceOf = (): [string, string] => {
      const lines: string[] = []
      const { trace } = simulateChurn({ seed: 11, trace: (line) => lines.push(line) })
      return [trace, lines.join('\n')]
    }
    const [hash, text] = traceOf()
    expect(traceOf()).toEqual([hash, text])
    expect(text.length).toBeGreaterThan(10_000)
    expect(simulateChurn({ seed: 11 }).trace).toBe(hash)
    expect(simulateChurn({ seed: 12 }).trace).not.toBe(hash)
  })

  it('and what is no seed is refused', () => {
    expect(() => simulateChurn({ seed: -1 })).toThrow(RangeError)
  })
})

it('after 500 runs what never happened is told', () => {
  const report = simulateChurn({ seed: 3 })
  const totals = new ChurnTotals()
  for (let run = 0; run < 499; run++) totals.add({ ...report, life: { ...report.life, voids: 0 } })
  expect(totals.unreached).toEqual([])
  totals.add({ ...report, life: { ...report.life, voids: 0 } })
  expect(totals.unreached).toContain('voids')
  expect(totals.unreached).not.toContain('epochs')
})

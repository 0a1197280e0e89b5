import { describe, expect, it } from 'vitest'
import { noFaults, simulate } from './index.js'

describe('simulator', () => {
  it.each([1, 2, 3, 4, 5, 7, 9])('without faults, %i replicas commit and execute everything', (n) => {
    const report = simulate({ seed: n, n, faults: noFaults })
    expect(report.answered).toBe(report.proposed)
    console.log(JSON.stringify(report))
  })
  it.each([1, 2, 3, 5, 7])('with faults %i', (n) => {
    for (let seed = 0; seed < 30; seed++) {
      try {
        const t = Date.now()
        const r = simulate({ seed, n })
        console.log(Date.now() - t, JSON.stringify(r))
      } catch (e) {
        console.log('seed', seed, n, e)
      }
    }
  })
})

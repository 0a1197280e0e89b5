import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Deed } from './contract.js'
import { figuresOf } from './figures.js'

const deed = (given: Partial<Deed>): Deed => ({
  name: 'x',
  replica: 0,
  spans: [],
  proposedMs: 0,
  epoch: 0,
  instance: undefined,
  committedMs: undefined,
  executedMs: undefined,
  path: undefined,
  refused: undefined,
  ...given,
})

describe('figures', () => {
  const deeds = [
    deed({ proposedMs: 0, committedMs: 10, executedMs: 12, path: 'fast' }),
    deed({ proposedMs: 5, committedMs: 45, executedMs: 50, path: 'slow' }),
    deed({ proposedMs: 6, refused: 'it is down' }),
    deed({ replica: 1, proposedMs: 20, committedMs: 50, executedMs: 90, path: 'fast' }),
    deed({ replica: 1, proposedMs: 60 }),
  ]

  it('count what was done by then, where it was proposed', () => {
    expect(figuresOf(deeds, 3, 100)).toEqual({
      proposed: 4,
      committed: 3,
      fast: 2,
      replicas: [
        { commit: { count: 2, p50Ms: 10, p99Ms: 40 }, execution: { count: 2, p50Ms: 12, p99Ms: 45 } },
        { commit: { count: 1, p50Ms: 30, p99Ms: 30 }, execution: { count: 1, p50Ms: 70, p99Ms: 70 } },
        { commit: undefined, execution: undefined },
      ],
    })
  })

  it('know nothing of what comes later', () => {
    expect(figuresOf(deeds, 2, 50)).toEqual(
      figuresOf(
        deeds.slice(0, 4).map((each) => until(each, 50)),
        2,
        1e9,
      ),
    )
    expect(figuresOf(deeds, 2, 44).committed).toBe(1)
    expect([figuresOf(deeds, 2, 60).proposed, figuresOf(deeds, 2, 59).proposed]).toEqual([4, 3])
  })

  it('name a latency that occurred, with as many at or below it as they say', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 400 }), (tookMs) => {
        const commit = figuresOf(
          tookMs.map((committedMs) => deed({ committedMs, path: 'fast' })),
          1,
          1000,
        ).replicas[0]?.commit
        for (const [bound, share] of [
          [commit?.p50Ms ?? -1, 0.5],
          [commit?.p99Ms ?? -1, 0.99],
        ] as const) {
          expect(tookMs).toContain(bound)
          expect(tookMs.filter((ms) => ms <= bound).length).toBeGreaterThanOrEqual(share * tookMs.length)
          expect(tookMs.filter((ms) => ms < bound).length).toBeLessThan(share * tookMs.length)
        }
      }),
    )
  })
})

const until = (each: Deed, atMs: number): Deed => ({
  ...each,
  executedMs: each.executedMs !== undefined && each.executedMs <= atMs ? each.executedMs : undefined,
})

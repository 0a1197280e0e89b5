import { simulate } from 'epaxos/sim'
import { expect, test } from './fixtures.js'
import type * as PageModule from './sim-page.js'

const MODULE_PATH = '/e2e/sim-page.ts'
const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1)

test('a seed is the same run in Chromium as in Node, event by event', async ({ page, server }) => {
  await page.goto(server.url)
  const traces = await page.evaluate(
    async ([path, seeds]) => {
      const { tracesOf } = (await import(path)) as typeof PageModule
      return tracesOf(seeds, 5)
    },
    [MODULE_PATH, SEEDS] as const,
  )
  expect(traces).toEqual(SEEDS.map((seed) => simulate({ seed, n: 5 }).trace))
  expect(new Set(traces).size).toBe(SEEDS.length)
})

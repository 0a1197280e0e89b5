import { readdirSync, readFileSync } from 'node:fs'
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

test('the scenarios of the Lab come to the same in Chromium as in Node', async ({ page, server }) => {
  const folder = new URL('../src/sim/lab/scenarios/', import.meta.url)
  const scenarios = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'))
  expect(scenarios.length).toBeGreaterThan(4)
  await page.goto(server.url)
  const told = await page.evaluate(
    async ([path, texts]) => {
      const { played } = (await import(path)) as typeof PageModule
      return played(texts)
    },
    [MODULE_PATH, scenarios] as const,
  )
  expect(told).toEqual(scenarios)
})

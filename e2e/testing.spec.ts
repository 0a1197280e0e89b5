import type { JSHandle } from '@playwright/test'
import { expect, requireRoute, test } from './fixtures.js'
import * as here from './testing-page.js'

const MODULE_PATH = '/e2e/testing-page.ts'
const SEEDS = [1, 2, 3]

let module: JSHandle<typeof here>

test.beforeEach(async ({ page, server }) => {
  await page.goto(server.url)
  module = (await page.evaluateHandle((path) => import(path), MODULE_PATH)) as JSHandle<typeof here>
})

test('links over WebRTC do all that the link contract asks for', async ({ server }) => {
  await requireRoute()
  const outcomes = await module.evaluate(({ linkOutcomes }, relay) => linkOutcomes(relay), server.relay)
  expect(outcomes.length).toBeGreaterThanOrEqual(18)
  for (const outcome of outcomes) expect(outcome).toMatch(/: holds$/)
})

test('rooms in a world have the same history in Chromium as in Node', async () => {
  for (const seed of SEEDS) {
    const history = await module.evaluate(({ historyOf }, seed) => historyOf(seed), seed)
    expect(history.length).toBeGreaterThan(3)
    expect(history).toEqual(await here.historyOf(seed))
  }
})

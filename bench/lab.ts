import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { build, preview } from 'vite'
import type { Measured } from '../demo/lab/measure.js'
import playwright from '../playwright.config.js'
import { root } from '../tools/entries.js'
import { atMost, type Bench, type Measure } from './report.js'

const RUNS = 1

/** What the Lab is meant to draw, and how smoothly. */
const GOAL = { instances: 500, dropped: 0.05, frameMs: 17 }

/** It plays for twelve seconds; on a machine that is busy the page takes longer to begin. */
const PATIENCE_MS = 60_000

const configFile = `${root}vite.config.ts`

/** How smoothly the Lab draws five replicas at work, with 500 instances in view: measured by the page itself. */
export const lab: Bench = async (count = RUNS, say) => {
  const outDir = await mkdtemp(join(tmpdir(), 'epaxos-bench-'))
  try {
    say('building the demo')
    await build({ configFile, logLevel: 'error', build: { outDir, emptyOutDir: true } })
    const measured = await inChromium(outDir, count, say)
    const measure = (name: string, unit: string, of: (each: Measured) => number, limit?: number): Measure => {
      return { name, unit, values: measured.map(of), ...(limit !== undefined && { target: atMost(limit) }) }
    }
    const least = Math.min(...measured.map(({ instances }) => instances))
    return {
      about: [
        `${measured[0]?.replicas} replicas at work in the page, which plays them in real time and draws lanes and the grid, its cells small; ` +
          `${least} instances in view, in headless Chromium, for ${((measured[0]?.ms ?? 0) / 1000).toFixed(1)} s.`,
        'Dropped: frames of a screen with 60 of them a second that passed without a new picture.',
      ],
      measures: [
        measure('frames a second', '/s', ({ fps }) => fps),
        measure('dropped', '%', ({ droppedShare }) => 100 * droppedShare, 100 * GOAL.dropped),
        measure('frame to frame, p50', 'ms', ({ p50Ms }) => p50Ms, GOAL.frameMs),
        measure('frame to frame, p99', 'ms', ({ p99Ms }) => p99Ms),
        measure('drawing a frame, p50', 'ms', ({ drawP50Ms }) => drawP50Ms),
        measure('drawing a frame, p99', 'ms', ({ drawP99Ms }) => drawP99Ms),
        measure('running for a frame, p50', 'ms', ({ runP50Ms }) => runP50Ms),
      ],
      failures: least < GOAL.instances ? [`only ${least} instances were in view`] : [],
    }
  } finally {
    await rm(outDir, { recursive: true, force: true })
  }
}

const inChromium = async (outDir: string, runs: number, say: (line: string) => void): Promise<readonly Measured[]> => {
  const server = await preview({ configFile, logLevel: 'error', build: { outDir }, preview: { port: 0 } })
  const browser = await chromium.launch(playwright.use?.launchOptions)
  try {
    const url = server.resolvedUrls?.local[0]
    if (url === undefined) throw new Error('the demo has no address')
    const measured: Measured[] = []
    while (measured.length < runs) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } })
      await page.goto(`${url}#lab/measure`)
      const place = page.getByTestId('measured').filter({ hasText: '}' })
      const text = await place.textContent({ timeout: PATIENCE_MS })
      measured.push(JSON.parse(text ?? '') as Measured)
      say(JSON.stringify(measured.at(-1)))
      await page.close()
    }
    return measured
  } finally {
    await browser.close()
    await server.close()
  }
}

import type { Page } from '@playwright/test'
import { expect, test } from './fixtures.js'

/** What a page has seen, by wrappers that were there before its own scripts. */
interface Watch {
  workers: number
  terminated: number
  /** Of the page's own, running now. */
  readonly intervals: Set<unknown>
  /** Workers that the page's policy has forbidden. */
  forbidden: number
  ticks: number
  /** Ends the ticker. */
  stop(): void
}

interface TickerModule {
  startTicker(tick: () => void): () => void
}

const MODULE_PATH = '/src/room/ticker.ts'

declare global {
  interface Window {
    watch: Watch
  }
}

const watch = async (page: Page): Promise<void> => {
  await page.addInitScript(() => {
    const seen: Watch = {
      workers: 0,
      terminated: 0,
      intervals: new Set(),
      forbidden: 0,
      ticks: 0,
      stop: () => {},
    }
    window.watch = seen
    window.Worker = class extends Worker {
      constructor(url: string | URL) {
        super(url)
        seen.workers++
      }
      override terminate(): void {
        super.terminate()
        seen.terminated++
      }
    }
    const { setInterval, clearInterval } = window
    window.setInterval = ((...args: Parameters<typeof setInterval>) => {
      const id = setInterval(...args)
      seen.intervals.add(id)
      return id
    }) as typeof setInterval
    window.clearInterval = ((id) => {
      seen.intervals.delete(id)
      clearInterval(id)
    }) as typeof clearInterval
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      if (effectiveDirective === 'worker-src') seen.forbidden++
    })
  })
}

const start = (page: Page): Promise<void> =>
  page.evaluate(async (path) => {
    const { startTicker }: TickerModule = await import(path)
    window.watch.stop = startTicker(() => window.watch.ticks++)
  }, MODULE_PATH)

/** What was counted, and how many intervals of the page's own are running. */
const seen = (page: Page): Promise<Omit<Watch, 'stop' | 'intervals'> & { intervals: number }> =>
  page.evaluate(() => {
    const { workers, terminated, intervals, forbidden, ticks } = window.watch
    return { workers, terminated, intervals: intervals.size, forbidden, ticks }
  })

/** Waits for so many ticks more. */
const ticksOn = async (page: Page, more: number): Promise<void> => {
  const { ticks } = await seen(page)
  await expect.poll(async () => (await seen(page)).ticks).toBeGreaterThanOrEqual(ticks + more)
}

/** Stops the ticker and lets another one run, whose ticks tell that time has passed: none of the first one's come. */
const expectStopped = (page: Page): Promise<number> =>
  page.evaluate(async (path) => {
    const { startTicker }: TickerModule = await import(path)
    window.watch.stop()
    const before = window.watch.ticks
    await new Promise<void>((resolve) => {
      let others = 0
      const stop = startTicker(() => {
        if (++others < 20) return
        stop()
        resolve()
      })
    })
    return window.watch.ticks - before
  }, MODULE_PATH)

test('a worker beats the time in place of the page’s own timer, until it is told to stop', async ({ page, server }) => {
  await watch(page)
  await page.goto(server.url)
  await start(page)
  await expect.poll(async () => (await seen(page)).intervals).toBe(0)
  await ticksOn(page, 10)
  expect(await seen(page)).toMatchObject({ workers: 1, terminated: 0, intervals: 0 })

  expect(await expectStopped(page)).toBe(0)
  // The one that told the time has ended as well.
  expect(await seen(page)).toMatchObject({ workers: 2, terminated: 2, intervals: 0 })
})

test('where a policy forbids the worker, the page’s own timer goes on, until it is told to stop', async ({
  page,
  server,
}) => {
  await watch(page)
  await page.route(server.url, async (route) => {
    const response = await route.fetch()
    await route.fulfill({
      response,
      headers: { ...response.headers(), 'content-security-policy': "worker-src 'none'" },
    })
  })
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(server.url)
  await start(page)
  await expect.poll(async () => (await seen(page)).forbidden).toBe(1)
  await ticksOn(page, 10)
  expect((await seen(page)).intervals).toBe(1)

  expect(await expectStopped(page)).toBe(0)
  expect((await seen(page)).intervals).toBe(0)
  expect(errors).toEqual([])
})

import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from '@playwright/test'
import { build, type PreviewServer, preview } from 'vite'
import playwright from '../../playwright.config.js'
import { aliases, root } from '../../tools/entries.js'
import { built, ended, started } from '../child.js'
import { randomId } from '../ids.js'
import { type Computed, computing } from './computed.js'
import type * as tab from './tab.js'
import type * as yardsticks from './yardsticks.js'

declare global {
  interface Window {
    /** In a page of page.html. */
    tab: typeof tab
    yardsticks: typeof yardsticks
  }
}

/** Three pages of one browser, whose profile is on a disk, and the relay that brings them together. */
export interface Tabs {
  readonly relay: string
  readonly pages: readonly [Page, Page, Page]
  readonly computed: () => Promise<Computed>
}

/** To find each other, and to open data channels. */
const PATIENCE_MS = 20_000

const site = join(root, 'bench/browser')
const bare = { configFile: false, root: site, logLevel: 'error' } as const

/** A page that shares nothing with others has a clock of microseconds. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

/** As users get it: built for production; but with its names, for whoever profiles a page. */
const serve = async (outDir: string): Promise<PreviewServer> => {
  await build({
    ...bare,
    resolve: { alias: aliases },
    build: { outDir, emptyOutDir: true, minify: false, rolldownOptions: { input: join(site, 'page.html') } },
  })
  return preview({ ...bare, build: { outDir }, preview: { host: '127.0.0.1', port: 0, headers } })
}

/** Opens them, for one use. */
export const inTabs = async <T>(use: (tabs: Tabs) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'epaxos-bench-'))
  const relay = started(await built('browser/served-relay.ts'), [])
  let server: PreviewServer | undefined
  let context: BrowserContext | undefined
  try {
    const [address] = await once(relay, 'message')
    server = await serve(join(folder, 'site'))
    context = await chromium.launchPersistentContext(join(folder, 'profile'), playwright.use?.launchOptions)
    const url = `${server.resolvedUrls?.local[0]}page.html`
    const pages = [await opened(context, url), await opened(context, url), await opened(context, url)] as const
    await pages[0].bringToFront()
    return await use({ relay: address, pages, computed: await computing(context, pages) })
  } finally {
    await context?.close()
    await server?.close()
    await ended(relay)
    await rm(folder, { recursive: true, force: true })
  }
}

const opened = async (context: BrowserContext, url: string): Promise<Page> => {
  const page = await context.newPage()
  await page.goto(url)
  await page.waitForFunction(() => 'tab' in window)
  return page
}

/** Has all three be the voters of a new room, which reach each other by this path, for one use. */
export const inRoom = async <T>({ relay, pages }: Tabs, path: tab.Path, use: () => Promise<T>): Promise<T> => {
  const group = randomId()
  const voters = pages.map(randomId).sort()
  const seatOf = (i: number): tab.Seat => ({ relay, group, voters, id: voters[i] as string, path })
  await Promise.all(pages.map((page, i) => page.evaluate((seat) => window.tab.enter(seat), seatOf(i))))
  for (const page of pages) {
    await page.waitForFunction(
      ([path, others]) => window.tab.paths().filter((each) => each === path).length === others,
      [path, pages.length - 1] as const,
      { timeout: PATIENCE_MS },
    )
  }
  const result = await use()
  await Promise.all(pages.map((page) => page.evaluate(() => window.tab.leave())))
  return result
}

/** Has the first two have a bare way to each other, for one use. */
export const onBareWay = async <T>({ relay, pages }: Tabs, path: tab.Path, use: () => Promise<T>): Promise<T> => {
  const [one, other] = pages
  if (path === 'webrtc') {
    const offer = await one.evaluate(() => window.yardsticks.offer())
    const answer = await other.evaluate((offer) => window.yardsticks.answer(offer), offer)
    await one.evaluate((answer) => window.yardsticks.accept(answer), answer)
  } else {
    const room = randomId()
    await Promise.all(
      [one, other].map((page) =>
        page.evaluate(([relay, room, replica, echoes]) => window.yardsticks.meet(relay, room, replica, echoes), [
          relay,
          room,
          randomId(),
          page === other,
        ] as const),
      ),
    )
  }
  const result = await use()
  for (const page of [one, other]) await page.evaluate(() => window.yardsticks.part())
  return result
}

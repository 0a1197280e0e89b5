import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium } from '@playwright/test'
import { build, type PreviewServer, preview } from 'vite'
import playwright from '../../playwright.config.js'
import { aliases, root } from '../../tools/entries.js'
import type { Findings } from './findings.js'
import type * as inPage from './page.js'

declare global {
  interface Window {
    /** In a page of page.html. */
    disk: typeof inPage
  }
}

const site = join(root, 'bench/store')

/** A page that has a clock of microseconds: one that shares nothing with others. */
const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }

/** As its users get it: built for production. */
const serve = async (outDir: string): Promise<PreviewServer> => {
  const bare = { configFile: false, root: site, logLevel: 'error' } as const
  const input = join(site, 'page.html')
  await build({ ...bare, resolve: { alias: aliases }, build: { outDir, rolldownOptions: { input } } })
  return preview({ ...bare, build: { outDir }, preview: { host: '127.0.0.1', port: 0, headers } })
}

/** In a page of a browser whose profile is on the disk, for one use. */
export const inChromium = async <T>(use: (find: typeof inPage.findings) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'epaxos-bench-'))
  let server: PreviewServer | undefined
  let context: BrowserContext | undefined
  try {
    server = await serve(join(folder, 'site'))
    context = await chromium.launchPersistentContext(join(folder, 'profile'), playwright.use?.launchOptions)
    const page = await context.newPage()
    await page.goto(`${server.resolvedUrls?.local[0]}page.html`)
    await page.waitForFunction(() => 'disk' in window)
    return await use((...asked): Promise<Findings> => page.evaluate((args) => window.disk.findings(...args), asked))
  } finally {
    await context?.close()
    await server?.close()
    await rm(folder, { recursive: true, force: true })
  }
}

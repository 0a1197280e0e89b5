import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type BrowserContext,
  test as base,
  chromium,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestType,
  type WorkerFixture,
} from '@playwright/test'
import { createServer, type Plugin, type PreviewServer, preview, type ViteDevServer } from 'vite'

export { expect } from '@playwright/test'

/** Where pages come from. The relay is at the same port. */
export interface Origin {
  /** `http://127.0.0.1:<port>/` */
  readonly url: string
  /** `ws://127.0.0.1:<port>/relay` */
  readonly relay: string
}

/** A browser's disk, which outlives the browser and is removed after the test. */
export interface Profile {
  /** Starts a browser on it. One at a time: close the context before the next. */
  open(): Promise<BrowserContext>
}

interface WorkerFixtures {
  /** An empty page, and every module of the tree at its path: a page may `import('/src/wire/index.ts')`. */
  readonly server: Origin
  /** The built demo, as `npm start` serves it. */
  readonly site: Origin
}

interface TestFixtures {
  /** Another browser, as far as pages can tell: it shares nothing, and what it stores goes with it, or after the test. */
  readonly elsewhere: () => Promise<BrowserContext>
  readonly profile: () => Promise<Profile>
}

const checkout = fileURLToPath(new URL('../', import.meta.url))
const configFile = join(checkout, 'vite.config.ts')
/** Port 0 lets the system choose a free one. */
const address = { host: '127.0.0.1', port: 0 }

const emptyPage: Plugin = {
  name: 'empty-page',
  configureServer: ({ middlewares }) => {
    middlewares.use((request, response, next) => {
      if (request.url !== '/') return next()
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>empty</title>')
    })
  },
}

/** A fixture that runs a server for the life of a Playwright worker. */
const served = (
  start: () => Promise<ViteDevServer | PreviewServer>,
): [WorkerFixture<Origin, object>, { scope: 'worker' }] => [
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures this one needs.
  async ({}, use) => {
    const server = await start()
    const [url] = server.resolvedUrls?.local ?? []
    if (url === undefined) throw new Error('the server has no address')
    await use({ url, relay: `${url.replace('http', 'ws')}relay` })
    await server.close()
  },
  { scope: 'worker' },
]

export const test: TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & TestFixtures,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions & WorkerFixtures
> = base.extend<TestFixtures, WorkerFixtures>({
  server: served(async () => {
    const server = await createServer({
      configFile,
      root: checkout,
      cacheDir: 'node_modules/.vite-e2e',
      logLevel: 'warn',
      plugins: [emptyPage],
      server: { ...address, hmr: false, watch: null },
    })
    return server.listen()
  }),

  site: served(() => {
    // Vite would serve nothing but "not found".
    if (!existsSync(join(checkout, 'dist-demo'))) throw new Error('the demo is not built: run `npm run build:demo`')
    return preview({ configFile, logLevel: 'warn', preview: address })
  }),

  elsewhere: async ({ browser }, use) => {
    const contexts: BrowserContext[] = []
    await use(async () => {
      const context = await browser.newContext()
      contexts.push(context)
      return context
    })
    await Promise.all(contexts.map((context) => context.close()))
  },

  profile: async ({ launchOptions }, use) => {
    const folders: string[] = []
    const contexts: BrowserContext[] = []
    await use(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'epaxos-profile-'))
      folders.push(folder)
      return {
        open: async () => {
          const context = await chromium.launchPersistentContext(folder, launchOptions)
          contexts.push(context)
          return context
        },
      }
    })
    await Promise.all(contexts.map((context) => context.close()))
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
  },
})

/**
 * For `test.beforeAll` of tests that need WebRTC: a browser finds its own address by asking which route leads
 * outside, so that without a default route two pages never connect, even on one machine. Sends nothing.
 */
export const requireRoute = async (): Promise<void> => {
  const socket = createSocket('udp4')
  // An address kept for documentation: nobody is there, but only a default route leads to it.
  socket.connect(9, '198.51.100.1')
  try {
    await once(socket, 'connect')
  } catch (cause) {
    throw new Error('WebRTC needs a default route, and this machine has none: give its network one', { cause })
  } finally {
    socket.close()
  }
}

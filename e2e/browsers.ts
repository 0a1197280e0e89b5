import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import puppeteer, { type Browser, type LaunchOptions, type Page } from 'puppeteer-core'
import { requireBrowser, requireFirefox, requireWebKit } from '../tools/browser.js'
import { type AnyPage, anyPage } from './any-page.js'
import { test as base } from './fixtures.js'
import { WebDriver } from './webdriver.js'

// What was found when these were written (Debian 12, two processors, all as root):
// - Firefox 153 ESR over WebDriver BiDi: up after 3 s, without any preferences. Data channels to and from Chromium open
//   within a second, though both hide their addresses behind mDNS names.
// - WebKitGTK 2.50 (WebKitWebDriver, MiniBrowser): up after 1.5 s, on a virtual screen, for it has no headless mode. It
//   has Web Locks, IndexedDB (strict), BroadcastChannel, workers and crypto.subtle at http://127.0.0.1, and no
//   RTCPeerConnection. What it stores is gone with the browser, not with the page.
// - Chromium by puppeteer without the flags that it adds against throttling: timers of a hidden page ran once a second,
//   and after the grace period of five seconds once a minute; those of a worker went on as before.

export { expect, requireRoute } from './fixtures.js'

/** A tab that can be put behind another one. */
export interface Shutter {
  readonly page: AnyPage
  hide(): Promise<void>
  show(): Promise<void>
}

/** Set by the project: which browser `other` is. */
export interface Which {
  readonly which: 'firefox' | 'webkit'
}

interface Browsers {
  /** Opens tabs of one browser, which ends with the test. */
  readonly firefox: () => Promise<AnyPage>
  readonly webkit: () => Promise<AnyPage>
  /** Whichever of them this run is about. */
  readonly other: () => Promise<AnyPage>
  /** Chromium that slows hidden tabs down as it does for people. */
  readonly throttled: () => Promise<Shutter>
}

/** After which time a hidden tab's timers run once a minute: for people it is five minutes. */
const INTENSIVE_AFTER_S = 5

/** How often it is looked whether a driver is up. */
const LOOK_MS = 50

const startFirefox = (): Promise<Browser> =>
  puppeteer.launch({ browser: 'firefox', protocol: 'webDriverBiDi', executablePath: requireFirefox(), headless: true })

const startThrottled = (): Promise<Browser> => {
  const options: LaunchOptions = {
    executablePath: requireBrowser(),
    ignoreDefaultArgs: [
      '--disable-background-timer-throttling',
      '--disable-backgrounding-occluded-windows',
      '--disable-renderer-backgrounding',
    ],
    args: [
      // Containers run tests as root, under which Chromium's sandbox does not start.
      '--no-sandbox',
      `--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/${INTENSIVE_AFTER_S}`,
    ],
  }
  return puppeteer.launch(options)
}

interface WebKit {
  readonly session: WebDriver
  /** The driver, and the screen that its browser shows itself on. */
  readonly processes: readonly ChildProcess[]
}

const startWebKit = async (): Promise<WebKit> => {
  const { driver, screen } = requireWebKit()
  // It takes the first number that is free, and complains of those that are not.
  const xvfb = spawn(screen, ['-displayfd', '3', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const display = await firstWord(xvfb)
  const port = await freePort()
  const driving = spawn(driver, [`--port=${port}`], {
    stdio: 'inherit',
    env: { ...process.env, DISPLAY: `:${display}` },
  })
  const processes = [driving, xvfb]
  try {
    const server = `http://127.0.0.1:${port}`
    await answers(server, driving)
    return { session: await WebDriver.start(server), processes }
  } catch (error) {
    await end(processes)
    throw error
  }
}

/** What a process writes first to its fourth stream. */
const firstWord = async (process_: ChildProcess): Promise<string> => {
  const stream = process_.stdio[3] as Readable
  const [word] = await Promise.race([once(stream, 'data'), once(process_, 'exit').then(() => [])])
  if (word === undefined) throw new Error('the virtual screen ended at once')
  return String(word).trim()
}

const stopWebKit = async ({ session, processes }: WebKit): Promise<void> => {
  await session.quit().finally(() => end(processes))
}

const end = async (processes: readonly ChildProcess[]): Promise<void> => {
  for (const each of processes) {
    if (each.exitCode !== null || each.signalCode !== null) continue
    const ended = once(each, 'exit')
    each.kill()
    await ended
  }
}

/** The driver takes no 0 for a port, and tells nobody which it has. */
const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves once the driver takes requests. */
const answers = async (server: string, driver: ChildProcess): Promise<void> => {
  for (;;) {
    const isUp = await fetch(`${server}/status`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isUp) return
    if (driver.exitCode !== null) throw new Error(`the WebKitGTK driver ended with code ${driver.exitCode}`)
    await pause(LOOK_MS)
  }
}

const shutterOf = (browser: Browser, page: Page): Shutter => ({
  page: anyPage(page),
  hide: async () => {
    const inFront = await browser.newPage()
    await inFront.bringToFront()
  },
  show: () => page.bringToFront(),
})

/** A fixture that starts a browser when the first page is asked for, and ends it with the test. */
const started =
  <Started, Opened>(
    start: () => Promise<Started>,
    open: (started: Started) => Promise<Opened>,
    stop: (started: Started) => Promise<void>,
  ) =>
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures this one needs.
  async ({}, use: (opener: () => Promise<Opened>) => Promise<void>): Promise<void> => {
    let starting: Promise<Started> | undefined
    await use(async () => {
      starting ??= start()
      return open(await starting)
    })
    if (starting !== undefined) await stop(await starting)
  }

export const test = base.extend<Browsers & Which>({
  which: ['firefox', { option: true }],
  firefox: started(
    startFirefox,
    async (browser) => anyPage(await browser.newPage()),
    (browser) => browser.close(),
  ),
  webkit: started(startWebKit, ({ session }) => session.open(), stopWebKit),
  other: ({ which, firefox, webkit }, use) => use(which === 'firefox' ? firefox : webkit),
  throttled: started(
    startThrottled,
    async (browser) => shutterOf(browser, await browser.newPage()),
    (browser) => browser.close(),
  ),
})

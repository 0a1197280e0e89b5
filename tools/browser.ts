import { chromium } from '@playwright/test'
import { ensureProgram, findProgram, type Program, requireProgram } from './program.js'

const CHROMIUM: Program = {
  name: 'Chromium',
  variable: 'CHROMIUM_PATH',
  commands: ['chromium', 'chromium-browser', 'google-chrome'],
  elsewhere: () => chromium.executablePath(),
  // Ubuntu's package of that name only leads to a snap, which a container can't install.
  packages: { debian: 'chromium' },
  download: 'npx --no-install playwright install chromium',
  remedy: 'run `npx playwright install --with-deps chromium`',
}

const FIREFOX: Program = {
  name: 'Firefox',
  variable: 'FIREFOX_PATH',
  // Debian's own is called after its long support; what Playwright downloads is patched, and speaks no WebDriver BiDi.
  commands: ['firefox-esr', 'firefox'],
  packages: { debian: 'firefox-esr' },
  remedy: 'run `apt-get install firefox-esr` on Debian, else `npx @puppeteer/browsers install firefox@stable`',
}

/** It brings the browser along (MiniBrowser), and knows where that is. */
const WEBKIT_DRIVER: Program = {
  name: 'WebKitGTK driver',
  variable: 'WEBKIT_DRIVER_PATH',
  commands: ['WebKitWebDriver'],
  packages: { debian: 'webkit2gtk-driver', ubuntu: 'webkit2gtk-driver' },
  remedy: 'run `apt-get install webkit2gtk-driver`',
}

/** WebKitGTK has no headless mode: it needs a screen, real or not. */
const XVFB: Program = {
  name: 'virtual screen (Xvfb)',
  variable: 'XVFB_PATH',
  commands: ['Xvfb'],
  packages: { debian: 'xvfb', ubuntu: 'xvfb' },
  remedy: 'run `apt-get install xvfb`',
}

/** The Chromium to test with: `CHROMIUM_PATH`, else one on the path, else Playwright's own download. */
export const findBrowser = (): string | undefined => findProgram(CHROMIUM)

/** The same; throws one line that says what to run where there is none. */
export const requireBrowser = (): string => requireProgram(CHROMIUM)

/** Installs Chromium where there is none, telling what it does; throws as `requireBrowser` does where that fails. */
export const ensureBrowser = (): void => ensureProgram(CHROMIUM)

export const requireFirefox = (): string => requireProgram(FIREFOX)
export const ensureFirefox = (): void => ensureProgram(FIREFOX)

export interface WebKitPrograms {
  readonly driver: string
  readonly screen: string
}

export const requireWebKit = (): WebKitPrograms => ({
  driver: requireProgram(WEBKIT_DRIVER),
  screen: requireProgram(XVFB),
})

export const ensureWebKit = (): void => {
  ensureProgram(WEBKIT_DRIVER)
  ensureProgram(XVFB)
}

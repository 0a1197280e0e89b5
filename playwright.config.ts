import { defineConfig, type PlaywrightTestConfig } from '@playwright/test'
import type { Which } from './e2e/browsers.js'
import { findBrowser } from './tools/browser.js'

const chromium = findBrowser()

/** Tests of other browsers, which are driven by other means. */
const OTHER = /other\.spec\.ts$/
const EVERYWHERE = /everywhere\.spec\.ts$/

const config: PlaywrightTestConfig<Which> = defineConfig<Which>({
  testDir: 'e2e',
  // One after the other: pages that compete for two cores only measure each other.
  workers: 1,
  retries: 0,
  fullyParallel: false,
  forbidOnly: process.env.CI === 'true',
  reporter: 'list',
  projects: [
    { name: 'chromium', testIgnore: [OTHER, EVERYWHERE] },
    { name: 'firefox', testMatch: OTHER, use: { which: 'firefox' } },
    { name: 'webkit', testMatch: OTHER, use: { which: 'webkit' } },
    { name: 'everywhere', testMatch: EVERYWHERE },
  ],
  use: {
    launchOptions: {
      ...(chromium !== undefined && { executablePath: chromium }),
      args: [
        // Containers run tests as root, under which Chromium's sandbox does not start.
        '--no-sandbox',
        // What a browser does on the network by itself is not part of a test.
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
        '--disable-quic',
      ],
    },
  },
})

export default config

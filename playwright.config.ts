import { defineConfig, type PlaywrightTestConfig } from '@playwright/test'
import { requireBrowser } from './tools/browser.js'

const config: PlaywrightTestConfig = defineConfig({
  testDir: 'e2e',
  // One after the other: pages that compete for two cores only measure each other.
  workers: 1,
  retries: 0,
  fullyParallel: false,
  forbidOnly: process.env.CI === 'true',
  reporter: 'list',
  use: {
    launchOptions: {
      executablePath: requireBrowser(),
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

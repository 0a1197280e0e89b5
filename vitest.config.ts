import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { aliases } from './tools/entries.js'

const config: ViteUserConfig = defineConfig({
  resolve: { alias: aliases },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'bench/**/*.test.ts', 'tools/**/*.test.ts', 'examples/**/*.test.ts'],
    maxWorkers: 2,
    // A simulated run of minutes takes seconds; a test that takes longer than this hangs.
    testTimeout: 30_000,
  },
})

export default config

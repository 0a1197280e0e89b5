import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config'
import { aliases } from './tools/entries.js'

/** Tests of whole systems, each in a project of its own: some need a program, some both processors for themselves. */
const SYSTEMS = {
  edge: ['tools/edge/**/*.test.ts'],
  redis: ['tools/relays/**/*.test.ts'],
  long: ['tools/{storm,load,fuzz}/**/*.test.ts'],
}

const systems = Object.entries(SYSTEMS).map(([name, include]): TestProjectInlineConfiguration => {
  return { extends: true, test: { name, include, maxWorkers: 1, testTimeout: 120_000 } }
})

const config: ViteUserConfig = defineConfig({
  resolve: { alias: aliases },
  test: {
    environment: 'node',
    maxWorkers: 2,
    // A simulated run of minutes takes seconds; a test that takes longer than this hangs.
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'units',
          include: ['{src,bench,tools,examples,demo}/**/*.test.ts'],
          exclude: Object.values(SYSTEMS).flat(),
        },
      },
      ...systems,
    ],
  },
})

export default config

import { ensureBrowser, ensureFirefox, ensureWebKit } from './browser.js'
import { ensureRedis } from './redis.js'
import { runSuites, type Suite } from './suite.js'

// npm test: every suite, cheapest first, up to the first that fails. npm run check: those that run nothing of ours.
// A suite whose program can't be had here is listed as not run; where CI=true that is a failure.

const checks: readonly Suite[] = [
  { name: 'types', command: 'tsc -p .' },
  { name: 'lint and format', command: 'biome check --error-on-warnings .' },
  { name: 'import rule', command: 'node tools/run.mjs tools/house/check.ts' },
  { name: 'library build', command: 'npm run --silent build:library' },
  {
    name: 'package',
    command: 'publint --strict && attw --pack . --profile esm-only --format table-flipped --no-summary',
  },
  { name: 'size', command: 'size-limit && node tools/run.mjs tools/first-load.ts' },
  { name: 'reference', command: 'npm run --silent docs' },
]

const everywhere = (): void => {
  ensureBrowser()
  ensureFirefox()
}

const trials: readonly Suite[] = [
  { name: 'unit, simulator, docs', command: 'vitest run --project units' },
  { name: 'edge (workerd)', command: 'vitest run --project edge' },
  { name: 'relays over Redis', command: 'vitest run --project redis', prepare: ensureRedis },
  // By themselves: they measure, or keep both processors busy.
  { name: 'storm, load, fuzz', command: 'vitest run --project long' },
  { name: 'fresh projects', command: 'node tools/run.mjs tools/package/run.ts', prepare: ensureBrowser },
  { name: 'demo build', command: 'npm run --silent build:demo' },
  { name: 'Chromium', command: 'playwright test --project=chromium', prepare: ensureBrowser },
  { name: 'Firefox', command: 'playwright test --project=firefox', prepare: ensureFirefox },
  { name: 'WebKitGTK', command: 'playwright test --project=webkit', prepare: ensureWebKit },
  { name: 'everywhere', command: 'playwright test --project=everywhere', prepare: everywhere },
]

const start = performance.now()
const { lines, failure } = runSuites(process.argv[2] === 'check' ? checks : [...checks, ...trials], {
  strict: process.env.CI === 'true',
})
console.log(`\n${lines.join('\n')}\n${((performance.now() - start) / 60_000).toFixed(1)} minutes in all`)
if (failure !== undefined) {
  console.error(`\n${failure}`)
  process.exitCode = 1
}

import { spawnSync } from 'node:child_process'
import { ensureBrowser } from './browser.js'

// npm test: every suite, cheapest first, up to the first that fails. npm run check: those that run nothing of ours.

interface Suite {
  readonly name: string
  readonly command: string
  /** Gets what the suite needs; throws what is missing and the one line that gets it where it can't be run here. */
  readonly prepare?: () => void
}

const checks: readonly Suite[] = [
  { name: 'types', command: 'tsc -p .' },
  { name: 'lint and format', command: 'biome check --error-on-warnings .' },
  { name: 'import rule', command: 'node tools/run.mjs tools/house/check.ts' },
  { name: 'library build', command: 'npm run --silent build:library' },
  {
    name: 'package',
    command: 'publint --strict && attw --pack . --profile esm-only --format table-flipped --no-summary',
  },
  { name: 'size', command: 'size-limit' },
  { name: 'reference', command: 'npm run --silent docs' },
]

const trials: readonly Suite[] = [
  { name: 'unit, simulator, docs', command: 'vitest run' },
  { name: 'fresh projects', command: 'node tools/run.mjs tools/package/run.ts', prepare: ensureBrowser },
  { name: 'demo build', command: 'npm run --silent build:demo' },
  { name: 'browsers', command: 'playwright test', prepare: ensureBrowser },
]

type Outcome =
  | { readonly kind: 'passed' | 'failed'; readonly seconds: number }
  | { readonly kind: 'not run'; readonly why: string }

const run = (suite: Suite): Outcome => {
  console.log(`\n── ${suite.name}: ${suite.command}`)
  try {
    suite.prepare?.()
  } catch (error) {
    return { kind: 'not run', why: error instanceof Error ? error.message : String(error) }
  }
  const start = performance.now()
  const { status } = spawnSync(suite.command, { shell: true, stdio: 'inherit' })
  return { kind: status === 0 ? 'passed' : 'failed', seconds: (performance.now() - start) / 1000 }
}

const describe = (outcome: Outcome): string =>
  outcome.kind === 'not run' ? `not run: ${outcome.why}` : `${outcome.kind} in ${outcome.seconds.toFixed(1)} s`

const suites = process.argv[2] === 'check' ? checks : [...checks, ...trials]
const summary: string[] = []
let failed: Suite | undefined
for (const suite of suites) {
  const outcome: Outcome = failed === undefined ? run(suite) : { kind: 'not run', why: `${failed.name} failed` }
  // A suite that could not be run has shown nothing: it must not look like one that passed.
  if (outcome.kind !== 'passed') failed ??= suite
  summary.push(`${suite.name.padEnd(24)} ${describe(outcome)}`)
}

console.log(`\n${summary.join('\n')}`)
if (failed !== undefined) {
  console.error(`\nstopped at ${failed.name}: ${failed.command}`)
  process.exitCode = 1
}

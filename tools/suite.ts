import { spawnSync } from 'node:child_process'

/** A part of the whole test run: one command. */
export interface Suite {
  readonly name: string
  readonly command: string
  /** Gets what the suite needs; throws what is missing and the one line that gets it where it can't be run here. */
  readonly prepare?: () => void
}

type Outcome =
  | { readonly kind: 'passed' | 'failed'; readonly seconds: number }
  /** Something that it needs can't be had, or another one has failed before. */
  | { readonly kind: 'missing' | 'skipped'; readonly why: string }

export interface Report {
  /** A line for each suite. */
  readonly lines: readonly string[]
  /** What went wrong, in words; undefined: nothing. */
  readonly failure: string | undefined
}

/**
 * Runs suites in order, up to the first that fails. One whose program can't be had is left out, and listed with the way to
 * get it: the others run on. It has shown nothing, so where nobody reads the list (`strict`) that is a failure as well.
 */
export const runSuites = (suites: readonly Suite[], { strict }: { readonly strict: boolean }): Report => {
  const lines: string[] = []
  const missing: string[] = []
  let failed: Suite | undefined
  for (const suite of suites) {
    const outcome: Outcome = failed === undefined ? run(suite) : { kind: 'skipped', why: `${failed.name} failed` }
    if (outcome.kind === 'failed') failed = suite
    if (outcome.kind === 'missing') missing.push(suite.name)
    lines.push(`${suite.name.padEnd(24)} ${describe(outcome)}`)
  }
  if (failed !== undefined) return { lines, failure: `stopped at ${failed.name}: ${failed.command}` }
  const failure = strict && missing.length > 0 ? `could not be run: ${missing.join(', ')}` : undefined
  return { lines, failure }
}

const run = ({ name, command, prepare }: Suite): Outcome => {
  console.log(`\n── ${name}: ${command}`)
  try {
    prepare?.()
  } catch (error) {
    return { kind: 'missing', why: error instanceof Error ? error.message : String(error) }
  }
  const start = performance.now()
  const { status } = spawnSync(command, { shell: true, stdio: 'inherit' })
  return { kind: status === 0 ? 'passed' : 'failed', seconds: (performance.now() - start) / 1000 }
}

const describe = (outcome: Outcome): string =>
  'why' in outcome ? `not run: ${outcome.why}` : `${outcome.kind} in ${outcome.seconds.toFixed(1)} s`

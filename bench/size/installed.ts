import { execFile } from 'node:child_process'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A registry that has not answered by then is none. */
const PATIENCE_MS = 120_000

/**
 * Installs packages into a folder outside the checkout, where `use` finds them, and removes it. What they would run when
 * they are installed does not run. @throws where there is no registry, or it doesn't have them
 */
export const installed = async <T>(
  packages: Readonly<Record<string, string>>,
  use: (root: string) => Promise<T>,
): Promise<T> => {
  // Bundlers see through links.
  const root = await realpath(await mkdtemp(join(tmpdir(), 'epaxos-bench-')))
  try {
    await writeFile(
      join(root, 'package.json'),
      JSON.stringify({ private: true, type: 'module', dependencies: packages }),
    )
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
    await run('npm', ['install', ...quiet], { cwd: root, timeout: PATIENCE_MS })
    return await use(root)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

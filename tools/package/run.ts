import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../entries.js'
import { Home } from './home.js'
import { page } from './page.js'
import { Project, Unexpected } from './project.js'
import { script } from './script.js'
import { server } from './server.js'
import type { Trial } from './trial.js'
import { inWorker } from './worker.js'

// node tools/run.mjs tools/package/run.ts: packs the built library, installs it, and makes a fresh project of each kind with
// it. Whatever warns, fails.

/** The script has a home of its own, where nothing is that it does not ask for; the others share one, since installing takes most of the time. */
const homes: readonly (readonly Trial[])[] = [[script], [server, page, inWorker]]

const secondsSince = (start: number): string => `${((performance.now() - start) / 1000).toFixed(1)} s`

const pack = async (folder: string): Promise<string> => {
  // npm would pack what there is.
  if (!existsSync(`${root}dist/index.js`)) throw new Unexpected('the library is not built: run `npm run build:library`')
  const args = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder]
  const { stdout } = await new Project(root, root).execute('npm', args)
  return join(folder, stdout.trim())
}

/** Tells how it went. */
const timed = async (what: string, act: () => Promise<void>): Promise<void> => {
  const start = performance.now()
  try {
    await act()
    console.log(`${what}: ${secondsSince(start)}`)
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error
    console.error(`FAILED: ${what}: ${error.message}`)
    process.exitCode = 1
  }
}

const tryAll = async (home: Home, tarball: string, trials: readonly Trial[]): Promise<void> => {
  const packages = new Set(trials.flatMap((trial) => trial.packages))
  await timed(`installed, with ${[...packages].join(', ')}`, () => home.install(tarball, [...packages]))
  for (const trial of trials) {
    await timed(`${trial.name} works`, () => trial.run(home.project(trial.name.replaceAll(' ', '-'))))
  }
}

const folder = await mkdtemp(join(tmpdir(), 'epaxos-package-'))
try {
  await timed('all of it', async () => {
    const tarball = await pack(folder)
    await Promise.all(
      homes.map(async (trials, i) => {
        const home = join(folder, `home-${i}`)
        await mkdir(home)
        await tryAll(new Home(home), tarball, trials)
      }),
    )
  })
} finally {
  await rm(folder, { recursive: true })
}

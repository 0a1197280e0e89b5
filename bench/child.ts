import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { basename } from 'node:path'
import { promisify } from 'node:util'
import { root } from '../tools/entries.js'

/**
 * What is measured in Node runs as its users' code does: in a process of its own, of plain modules that Node loads by itself,
 * where nothing of this bench is in the way.
 */

/** Inside the checkout, so that packages are found. Ignored by git. */
const FOLDER = `${root}.bench`

const run = promisify(execFile)

/** Builds a module with all of ours that it imports. @param module relative to bench/, with its extension @returns the file */
export const built = async (module: string): Promise<string> => {
  await run(process.execPath, [`${root}tools/bundle.mjs`, `${root}bench/${module}`, FOLDER], { cwd: root })
  return `${FOLDER}/${basename(module, '.ts')}.mjs`
}

/** Runs what was built to its end. @returns what it printed, parsed @throws where it fails, with what it said */
export const measured = async <T>(file: string, args: readonly string[], flags: readonly string[] = []): Promise<T> => {
  const { stdout } = await run(process.execPath, [...flags, file, ...args], { maxBuffer: 64 << 20 })
  return JSON.parse(stdout)
}

/** Starts what was built, with a channel to it; whoever does so ends it. */
export const started = (file: string, args: readonly string[], flags: readonly string[] = []): ChildProcess =>
  spawn(process.execPath, [...flags, file, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })

/** Ends it, and waits until it is gone. */
export const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'exit')
}

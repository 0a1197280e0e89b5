import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from '@playwright/test'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome']

/** A download that takes longer does not fit into the ten minutes of a whole test run. */
const INSTALL_TIMEOUT_MS = 240_000

/** The Chromium to test with: `CHROMIUM_PATH`, else one on the path, else Playwright's own download. */
export const findBrowser = (): string | undefined => {
  const named = process.env.CHROMIUM_PATH
  if (named !== undefined) {
    if (!isExecutable(named))
      throw new Error(`CHROMIUM_PATH is ${named}, which is no executable file: correct it, or unset it and run again`)
    return named
  }
  const folders = (process.env.PATH ?? '').split(delimiter)
  return [...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))), chromium.executablePath()].find(
    isExecutable,
  )
}

/** The same; throws one line that says what to run where there is none. */
export const requireBrowser = (): string => {
  const found = findBrowser()
  if (found !== undefined) return found
  throw new Error('no Chromium: run `npx playwright install --with-deps chromium`, or set CHROMIUM_PATH')
}

/** Installs Chromium where there is none, telling what it does; throws as `requireBrowser` does where that fails. */
export const ensureBrowser = (): void => {
  for (const command of installers()) {
    if (findBrowser() !== undefined) return
    console.log(`no Chromium here, trying: ${command}`)
    spawnSync(command, { shell: true, stdio: 'inherit', timeout: INSTALL_TIMEOUT_MS })
  }
  requireBrowser()
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const installers = (): readonly string[] => {
  const playwright = 'npx --no-install playwright install chromium'
  const sudo = asRoot()
  // Ubuntu's package of that name only leads to a snap, which a container can't install.
  return sudo !== undefined && isDebian()
    ? [`${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends chromium`, playwright]
    : [playwright]
}

/** What to put before a command that needs root: nothing, sudo where it asks for no password, undefined where there is no way. */
const asRoot = (): '' | 'sudo -n ' | undefined => {
  if (process.getuid?.() === 0) return ''
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? 'sudo -n ' : undefined
}

const isDebian = (): boolean =>
  existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'))

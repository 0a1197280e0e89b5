import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program that a suite needs, and that no package of npm brings along. */
export interface Program {
  /** As people call it. */
  readonly name: string
  /** The environment variable that says where it is. */
  readonly variable: string
  /** What it is called on the path: the first that is there is taken. */
  readonly commands: readonly string[]
  /** Where else it may be: a download. */
  readonly elsewhere?: () => string
  /** The packages of these distributions (as `ID` in os-release) that hold it. */
  readonly packages: Readonly<Record<string, string>>
  /** A command that gets it without root. */
  readonly download?: string
  /** How a person gets it: the rest of a sentence that begins with "no program:". */
  readonly remedy: string
}

/** A download that takes longer does not fit into a whole test run. */
const INSTALL_TIMEOUT_MS = 240_000

/** Where it is, if it is there. Throws where its variable names no executable file. */
export const findProgram = ({ variable, commands, elsewhere }: Program): string | undefined => {
  const named = process.env[variable]
  if (named !== undefined) {
    if (!isExecutable(named))
      throw new Error(`${variable} is ${named}, which is no executable file: correct it, or unset it and run again`)
    return named
  }
  const folders = (process.env.PATH ?? '').split(delimiter)
  const onPath = commands.flatMap((command) => folders.map((folder) => join(folder, command)))
  return [...onPath, ...(elsewhere === undefined ? [] : [elsewhere()])].find(isExecutable)
}

/** The same; throws one line that says how to get it where it is not there. */
export const requireProgram = (program: Program): string => {
  const found = findProgram(program)
  if (found !== undefined) return found
  throw new Error(`no ${program.name}: ${program.remedy}, or set ${program.variable}`)
}

/** Installs it where it is missing, telling what it does; throws as `requireProgram` does where that fails. */
export const ensureProgram = (program: Program): void => {
  for (const command of installers(program)) {
    if (findProgram(program) !== undefined) return
    console.log(`no ${program.name} here, trying: ${command}`)
    spawnSync(command, { shell: true, stdio: 'inherit', timeout: INSTALL_TIMEOUT_MS })
  }
  requireProgram(program)
}

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function* installers({ packages, download }: Program): Generator<string> {
  const named = packages[distribution()]
  const sudo = named === undefined ? undefined : asRoot()
  if (sudo !== undefined) yield `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${named}`
  if (download !== undefined) yield download
}

/** What to put before a command that needs root: nothing, sudo where it asks for no password, undefined where there is no way. */
const asRoot = (): '' | 'sudo -n ' | undefined => {
  if (process.getuid?.() === 0) return ''
  return spawnSync('sudo', ['-n', 'true']).status === 0 ? 'sudo -n ' : undefined
}

const distribution = (): string => {
  if (!existsSync('/etc/os-release')) return ''
  return /^ID="?([^"\n]*)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? ''
}

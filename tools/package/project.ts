import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** An install that hangs on its registry is told from one that is slow. */
const COMMAND_TIMEOUT_MS = 120_000

/** Something does not work, or a command that has nothing to say says something. */
export class Unexpected extends Error {}

/** What npm tells the scripts that it runs would tell an npm in another folder the wrong thing. */
const environment = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_(package|lifecycle|command|config_local_prefix)|INIT_CWD)/.test(name),
  ),
)

export interface Output {
  readonly stdout: string
  readonly stderr: string
}

type Variables = Readonly<Record<string, string>>

/** A new project, as somebody who has just heard of the package would make it. */
export class Project {
  readonly folder: string
  readonly #home: string

  /** @param home where its packages are installed: the folder, or one above */
  constructor(folder: string, home: string) {
    this.folder = folder
    this.#home = home
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.folder, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }

  /** The command of an installed package. */
  bin(name: string): string {
    return join(this.#home, 'node_modules/.bin', name)
  }

  /** @throws Unexpected where it fails */
  async execute(command: string, args: readonly string[], variables: Variables = {}): Promise<Output> {
    try {
      const env = { ...environment, ...variables }
      return await promisify(execFile)(command, [...args], { cwd: this.folder, env, timeout: COMMAND_TIMEOUT_MS })
    } catch (error) {
      const { stdout, stderr } = error as Error & Output
      throw new Unexpected(`${[command, ...args].join(' ')} failed:\n${stdout}${stderr}`, { cause: error })
    }
  }

  /** What it prints. @throws Unexpected where it fails, or says anything on stderr */
  async run(command: string, args: readonly string[], variables?: Variables): Promise<string> {
    const { stdout, stderr } = await this.execute(command, args, variables)
    if (stderr !== '') throw new Unexpected(`${[command, ...args].join(' ')} says:\n${stderr}`)
    return stdout
  }

  /** Runs what must have nothing to say. */
  async runSilently(command: string, args: readonly string[], variables?: Variables): Promise<void> {
    const stdout = await this.run(command, args, variables)
    if (stdout !== '') throw new Unexpected(`${[command, ...args].join(' ')} says:\n${stdout}`)
  }
}

/** Strict, and so that the package's own declarations are checked, too. */
export const tsconfig = (options: object): string =>
  JSON.stringify({
    compilerOptions: {
      target: 'ES2023',
      strict: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      skipLibCheck: false,
      ...options,
    },
  })

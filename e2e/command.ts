import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const COMMAND = fileURLToPath(new URL('../dist/cli/index.js', import.meta.url))

/** The built command, as users run it. What it says of itself goes to `onLine`, its complaints to the terminal. */
export const startCommand = (args: readonly string[]): ChildProcess => {
  if (!existsSync(COMMAND)) throw new Error('the library is not built: run `npm run build:library`')
  return spawn(process.execPath, [COMMAND, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
}

/** Resolves with the first match of what a command writes; rejects where it ends before. */
export const said = async ({ stdout }: ChildProcess, pattern: RegExp): Promise<string> => {
  if (stdout !== null) {
    for await (const line of createInterface(stdout)) {
      const [match] = pattern.exec(line) ?? []
      if (match !== undefined) return match
    }
  }
  throw new Error(`the command ended without saying ${pattern}`)
}

/** Ends it as nothing that it could prevent. */
export const kill = async (command: ChildProcess): Promise<void> => {
  if (command.exitCode !== null || command.signalCode !== null) return
  const ended = once(command, 'exit')
  command.kill('SIGKILL')
  await ended
}

/** A relay in a process of its own, which can be killed and started again at the same address. */
export class RelayProcess implements AsyncDisposable {
  private constructor(
    readonly url: string,
    private process_: ChildProcess,
  ) {}

  static async start(): Promise<RelayProcess> {
    const process_ = startCommand(['relay', '--port', '0'])
    return new RelayProcess(await said(process_, /ws:\S+/), process_)
  }

  kill(): Promise<void> {
    return kill(this.process_)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }

  async again(): Promise<void> {
    this.process_ = startCommand(['relay', '--port', new URL(this.url).port])
    await said(this.process_, /ws:\S+/)
  }
}

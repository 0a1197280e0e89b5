import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Test equipment: other processes, which do what `script.ts` says. */

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** `script.ts` in one file, so that a process of it starts in a moment. */
export class Program {
  readonly #folder = mkdtempSync(join(root, 'node_modules', '.epaxos-'))
  readonly #started: OtherProcess[] = []

  constructor() {
    execFileSync(process.execPath, ['tools/bundle.mjs', 'src/storage/processes/script.ts', this.#folder], { cwd: root })
  }

  start(...command: readonly string[]): OtherProcess {
    const other = new OtherProcess([join(this.#folder, 'script.mjs'), ...command])
    this.#started.push(other)
    return other
  }

  /** Ends all that was started. */
  async killAll(): Promise<void> {
    await Promise.all(this.#started.splice(0).map((other) => other.kill()))
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export class OtherProcess {
  readonly #child: ChildProcess
  readonly #lines: string[] = []
  /** Resolves when it is gone, and all was read that it has said. */
  readonly ended: Promise<void>
  #told: () => void = () => {}
  #over = false
  #complaint = ''

  constructor(command: readonly string[]) {
    // By its input it can tell that whoever has started it is gone.
    const child = spawn(process.execPath, command, { cwd: root, stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    this.ended = once(child, 'close').then(() => {
      this.#over = true
      this.#told()
    })
    child.stderr.on('data', (bytes) => {
      this.#complaint += bytes
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.#lines.push(line)
      this.#told()
    })
  }

  /** What it has said and nobody has read yet. */
  take(): readonly string[] {
    return this.#lines.splice(0)
  }

  /** What it has written where errors go. */
  get complaint(): string {
    return this.#complaint
  }

  /** The next line; undefined when it has ended. */
  async line(): Promise<string | undefined> {
    while (this.#lines.length === 0 && !this.#over) {
      await new Promise<void>((resolve) => {
        this.#told = resolve
      })
    }
    return this.#lines.shift()
  }

  /** As the system does when it runs out of memory. Resolves when the process is gone, and all was read that it said. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** A process of the storm: it says one line when it is ready, and is killed. */
export class Process {
  readonly #child: ChildProcess
  /** Resolves when it is gone. */
  readonly ended: Promise<void>
  /** Its first line; undefined where it has ended without one. */
  readonly ready: Promise<string | undefined>
  #complaint = ''

  /** @param command the program, and its arguments */
  constructor(command: readonly string[]) {
    // By its input it can tell that whoever has started it is gone.
    const child = spawn(process.execPath, command, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.#child = child
    child.stderr.on('data', (bytes) => {
      this.#complaint += bytes
    })
    this.ended = once(child, 'close').then(() => {})
    const line = new Promise<string>((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
    this.ready = Promise.race([line, this.ended.then(() => undefined)])
  }

  /** What it has written where errors go. */
  get complaint(): string {
    return this.#complaint
  }

  /** As the system does when it runs out of memory. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.ended
  }
}

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import type { RelayCounters } from 'epaxos/relay/node'
import { root } from '../entries.js'

/** Of the relay's process, since it was last asked. */
export interface Measures {
  /** Of one core. */
  readonly cpuShare: number
  readonly lagP99Ms: number
  readonly lagMaxMs: number
  /** Of memory, since it was started: what it runs from its sources with takes more than a relay does. */
  readonly grownBytes: number
  /** Since it was started. */
  readonly counters: RelayCounters
}

export interface RelayProcessOptions {
  /** The URL of the Redis over which it is one of several. */
  readonly redis?: string
  readonly namespace?: string
  /** As many as may connect. Default: 4096. */
  readonly sockets?: number
}

/** A relay in a process of its own. */
export class RelayProcess {
  readonly url: string
  readonly #child: ChildProcess

  private constructor(url: string, child: ChildProcess) {
    this.url = url
    this.#child = child
  }

  static async start(options: RelayProcessOptions = {}): Promise<RelayProcess> {
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
    const child = fork(`${root}tools/run.mjs`, [`${root}tools/relays/child.ts`, ...words], { cwd: root, execArgv: [] })
    return new RelayProcess(String(await answer(child)), child)
  }

  async measure(): Promise<Measures> {
    const measures = answer(this.#child)
    this.#child.send('measure')
    return (await measures) as Measures
  }

  /** As a crash would: nobody is told. Resolves once it is gone. Idempotent. */
  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await gone
  }
}

const answer = async (child: ChildProcess): Promise<unknown> => {
  const over = new AbortController()
  const { signal } = over
  try {
    const ended = once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`the relay's process ended with code ${code}`)
    })
    const [message] = await Promise.race([once(child, 'message', { signal }), ended])
    return message
  } finally {
    over.abort()
  }
}

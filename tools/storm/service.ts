import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomId } from '../../bench/ids.js'
import { root } from '../entries.js'
import { Process } from './process.js'
import type { ReplicaOptions } from './protocol.js'

export const REPLICAS = 3

interface Running {
  readonly process: Process
  /** Where clients reach it. */
  readonly port: number
}

const bundled = (module: string, folder: string): void => {
  execFileSync(process.execPath, ['tools/bundle.mjs', module, folder], { cwd: root })
}

/** Three replicas and their relay, each a process, their databases on the disk of this machine. */
export class Service {
  /** What replicas have said before they ended on their own, which none should. */
  readonly deaths: string[] = []
  kills = 0
  readonly #programs = mkdtempSync(join(root, 'node_modules', '.epaxos-storm-'))
  readonly #disks = mkdtempSync(join(tmpdir(), 'epaxos-storm-'))
  readonly #voters = Array.from({ length: REPLICAS }, randomId).sort()
  readonly #group = randomId()
  readonly #running = new Map<number, Running>()
  /** All that were started and not ended here. */
  readonly #processes = new Set<Process>()
  #relayUrl = ''
  #over = false

  async start(): Promise<void> {
    bundled('tools/storm/replica.ts', this.#programs)
    bundled('tools/storm/relay.ts', this.#programs)
    const relay = this.#launch('relay.mjs')
    const url = await relay.ready
    if (url === undefined) throw new Error(`the relay does not run: ${relay.complaint}`)
    this.#relayUrl = url
    await Promise.all(this.#voters.map((_, index) => this.revive(index)))
  }

  /** Undefined while it is down. */
  port(index: number): number | undefined {
    return this.#running.get(index)?.port
  }

  /** As a machine that is switched off, but for what the system has not written yet. Resolves when it is gone. */
  async kill(index: number): Promise<void> {
    const running = this.#running.get(index)
    if (running === undefined) return
    this.#running.delete(index)
    this.kills++
    this.#processes.delete(running.process)
    await running.process.kill()
  }

  /** Resolves when it answers clients. */
  async revive(index: number): Promise<void> {
    const id = this.#voters[index]
    if (id === undefined) throw new RangeError(`there is no replica ${index}`)
    const options: ReplicaOptions = {
      relay: this.#relayUrl,
      group: this.#group,
      voters: this.#voters,
      id,
      path: join(this.#disks, id),
    }
    const process = this.#launch('replica.mjs', JSON.stringify(options))
    const line = await process.ready
    if (line === undefined) throw new Error(`replica ${index} does not run: ${process.complaint}`)
    this.#running.set(index, { process, port: JSON.parse(line).port })
    void this.#watch(index, process)
  }

  /** Whatever still runs ends, and nothing is left of it. */
  async end(): Promise<void> {
    this.#over = true
    this.#running.clear()
    await Promise.all(Array.from(this.#processes, (process) => process.kill()))
    for (const folder of [this.#programs, this.#disks]) rmSync(folder, { recursive: true, force: true })
  }

  #launch(program: string, ...command: readonly string[]): Process {
    if (this.#over) throw new Error('the storm is over: nothing is started any more')
    const process = new Process([join(this.#programs, program), ...command])
    this.#processes.add(process)
    return process
  }

  async #watch(index: number, process: Process): Promise<void> {
    await process.ended
    if (this.#running.get(index)?.process === process) this.deaths.push(`replica ${index}: ${process.complaint}`)
  }
}

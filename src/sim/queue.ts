import type { Command } from '../core/index.js'
import { Client, type ClientOptions, type ClientReady, type Draft, type Settled } from '../member/index.js'
import type { Outcome } from '../state/index.js'
import { nameOf } from './checkers/violation.js'

/** What a queue has its machine do, and tells. The world may crash the machine before `write` returns. */
export interface QueuePorts {
  /** @param written called once it is durable, in order */
  write(ready: ClientReady, written: () => void): void
  propose(command: Command): void
  kept(id: string): void
  settled(settled: Settled): void
  counted(what: 'early' | 'placed anew'): void
}

/** What waits for an answer at one machine, for one life of it: the loop around a member's `Client`. */
export class Queue {
  readonly #client: Client
  readonly #ports: QueuePorts
  /** What was sent, by name, until its session is over. */
  readonly #sent = new Set<string>()
  #isQuiet = false

  constructor(options: ClientOptions, ports: QueuePorts) {
    this.#client = new Client(options)
    this.#ports = ports
  }

  get size(): number {
    return this.#client.size
  }

  get drafts(): readonly Draft[] {
    return this.#client.drafts
  }

  /** @throws QueueFull */
  add(draft: Draft, careful: boolean): void {
    this.#client.add(draft, careful)
  }

  setOnline(online: boolean): void {
    this.#client.setOnline(online)
  }

  /** Next time also what can wait is written. */
  quiet(): void {
    this.#isQuiet = true
  }

  /** Does what there is to do now. Says whether there was anything. */
  run(): boolean {
    const ready = this.#client.ready(this.#isQuiet)
    this.#isQuiet = false
    if (ready === undefined) return false
    for (const command of ready.commands) {
      this.#sent.add(nameOf(command))
      this.#ports.propose(command)
    }
    this.#ports.write(ready, () => {
      this.#client.written(ready)
      for (const { id } of ready.put) this.#ports.kept(id)
    })
    return true
  }

  committed(command: Command): void {
    this.#client.committed(command)
  }

  executed(command: Command, outcome: Outcome): void {
    const settled = this.#client.executed(command, outcome)
    if (settled !== undefined) this.#ports.settled(settled)
    else if (this.#sent.has(nameOf(command))) this.#goesOn(command, outcome)
  }

  skipped(): void {
    this.#client.skipped()
  }

  #goesOn(command: Command, { kind }: Outcome): void {
    if (kind === 'early') this.#ports.counted('early')
    if (kind === 'expired' && this.#sent.delete(nameOf(command))) this.#ports.counted('placed anew')
  }
}

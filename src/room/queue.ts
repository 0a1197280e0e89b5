import type { Command } from '../core/index.js'
import {
  Client,
  type ClientOptions,
  type ClientReady,
  type Draft,
  type KeptProposal,
  type MemberReady,
  type Settled,
} from '../member/index.js'
import type { BackendPorts } from './backend.js'

/** What a queue carries out for its client. */
export interface QueuePorts extends Pick<BackendPorts, 'kept' | 'committed' | 'settled'> {
  /** Durable when it resolves, in order. */
  readonly write: (put: readonly KeptProposal[], removed: readonly string[]) => Promise<void>
  /** Has the replica take a command. @returns what is wrong with it, if it isn't taken */
  readonly propose: (command: Command) => string | undefined
  /** Has what was proposed carried out, and what comes of it. */
  readonly proposed: () => void
  readonly failed: (cause: unknown) => void
}

export interface QueueOptions extends ClientOptions {
  /** Calls at the end of this turn: what is asked for until then is written, and proposed, in one go. */
  readonly soon: (call: () => void) => void
}

/** What waits for its answer in this room: the loop around a `Client`. */
export class Queue {
  readonly #client: Client
  readonly #ports: QueuePorts
  readonly #soon: QueueOptions['soon']
  /** Ends with the last write under way. */
  #writes: Promise<void> = Promise.resolve()
  #scheduled = false
  #stopped = false

  constructor(options: QueueOptions, ports: QueuePorts) {
    this.#client = new Client(options)
    this.#ports = ports
    this.#soon = options.soon
  }

  get size(): number {
    return this.#client.size
  }

  get drafts(): readonly Draft[] {
    return this.#client.drafts
  }

  get kept(): readonly KeptProposal[] {
    return this.#client.kept
  }

  /** See `Client.add`. */
  add(draft: Draft, careful: boolean): void {
    this.#client.add(draft, careful)
    this.#schedule()
  }

  setOnline(online: boolean): void {
    if (this.#client.setOnline(online)) this.#schedule()
  }

  /** What was committed by this, and whether a whole state has come. Before anybody looks at what was executed. */
  happened({ events }: MemberReady): void {
    for (const event of events) {
      if (event.kind === 'installed') this.#client.skipped()
      if (event.kind !== 'committed' || event.value.kind !== 'commands') continue
      for (const command of event.value.commands) {
        const id = this.#client.committed(command)
        if (id !== undefined) this.#ports.committed(id)
      }
    }
  }

  /** What executing has come to. */
  executed({ executed }: MemberReady): void {
    for (const { outcomes } of executed) {
      for (const { command, outcome } of outcomes) this.#settle(this.#client.executed(command, outcome))
    }
    if (executed.length > 0) this.#schedule()
  }

  /** To be called now and then: writes down what was answered, too. */
  tick(): void {
    this.#run(true)
  }

  /** Sends nothing any more, and, once what was answered is written down, writes nothing. Resolves when no write is under way. */
  async stop(): Promise<void> {
    this.#client.setOnline(false)
    this.#run(true)
    this.#stopped = true
    await this.#writes
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return
    this.#scheduled = true
    this.#soon(() => {
      this.#scheduled = false
      this.#run(false)
    })
  }

  #run(isQuiet: boolean): void {
    if (this.#stopped) return
    const ready = this.#client.ready(isQuiet)
    if (ready === undefined) return
    const { put, removed, commands } = ready
    // What that makes the replica write comes first: it is what others wait for.
    if (commands.length > 0) this.#propose(commands)
    const written = put.length + removed.length === 0 ? undefined : this.#ports.write(put, removed)
    this.#writes = Promise.all([this.#writes, written]).then(
      () => this.#written(ready),
      (cause: unknown) => {
        this.#stopped = true
        this.#ports.failed(cause)
      },
    )
  }

  #propose(commands: readonly Command[]): void {
    for (const command of commands) {
      const refusal = this.#ports.propose(command)
      if (refusal !== undefined) this.#settle(this.#client.refused(command, refusal))
    }
    this.#ports.proposed()
  }

  #settle(settled: Settled | undefined): void {
    if (settled !== undefined) this.#ports.settled(settled.id, settled.answer)
  }

  #written(ready: ClientReady): void {
    this.#client.written(ready)
    for (const { id } of ready.put) this.#ports.kept(id)
    this.#schedule()
  }
}

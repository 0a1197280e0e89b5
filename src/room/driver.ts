import type { Envelope, Executable, Ready, Replica } from '../core/index.js'
import type { Storage } from '../storage/index.js'

/** What a driver carries out for its replica. */
export interface DriverPorts {
  readonly storage: Storage
  readonly send: (envelopes: readonly Envelope[]) => void
  /** Applies to the state machine, synchronously. */
  readonly apply: (executable: Executable) => void
  /** The replica has stopped voting for good: a write has failed, or something that can't happen has happened. */
  readonly failed: (reason: string) => void
}

/**
 * The loop around a replica (protocol §6): takes what is ready, sends what may leave, writes the records, and only
 * once they are durable tells the replica and sends what had to wait. Several writes may be under way.
 */
export class Driver {
  readonly #replica: Replica
  readonly #ports: DriverPorts
  /** Ends with the last write under way. */
  #writes: Promise<void> = Promise.resolve()
  #underWay = 0
  #scheduled = false
  #stopped = false

  constructor(replica: Replica, ports: DriverPorts) {
    this.#replica = replica
    this.#ports = ports
  }

  /** Looks for work at the end of this turn: what was said to the replica in one turn is answered in one go. */
  schedule(): void {
    if (this.#scheduled || this.#stopped) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.attempt(() => this.#run())
    })
  }

  /** What goes wrong within the replica, or in carrying out what it asks for, stops the replica, never the page. */
  attempt(action: () => void): void {
    if (this.#stopped) return
    try {
      action()
    } catch (cause) {
      this.#fail('an assertion has failed', cause)
    }
  }

  /** Ends this life of the replica. Resolves when no write is under way any more. */
  async stop(reason: string): Promise<void> {
    this.#stopped = true
    this.#replica.stop(reason)
    await this.#writes
  }

  #run(): void {
    while (!this.#stopped) {
      const ready = this.#replica.ready()
      if (ready === undefined) return
      this.#ports.send(ready.messages)
      this.#write(ready)
      for (const executable of ready.executable) this.#ports.apply(executable)
      this.#replica.applied(ready.executable.map(({ instance }) => instance))
    }
  }

  #write(ready: Ready): void {
    if (ready.records.length === 0 && this.#underWay === 0) {
      this.#written(ready)
      return
    }
    this.#underWay++
    // Started at once; told in order, whatever the order in which the promises resolve.
    const durable = ready.records.length === 0 ? undefined : this.#ports.storage.write(ready.records)
    this.#writes = Promise.all([this.#writes, durable]).then(
      () => {
        this.#underWay--
        this.attempt(() => this.#written(ready))
        this.schedule()
      },
      (cause: unknown) => this.#fail('a write has failed', cause),
    )
  }

  #fail(what: string, cause: unknown): void {
    if (this.#stopped) return
    this.#stopped = true
    const reason = `${what}: ${cause instanceof Error ? cause.message : String(cause)}`
    this.#replica.stop(reason)
    this.#ports.failed(reason)
  }

  #written(ready: Ready): void {
    this.#replica.written(ready)
    this.#ports.send(ready.messagesAfterWrite)
  }
}

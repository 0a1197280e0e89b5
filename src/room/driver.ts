import type { Envelope, Executable, InstanceRecord, Ready, Replica } from '../core/index.js'

/** Why a replica has stopped: a write has failed, or something that can't happen has happened. */
export interface Failure {
  readonly kind: 'write' | 'assertion'
  readonly reason: string
}

/** What a driver carries out for its replica. */
export interface DriverPorts {
  /** Makes records durable, all or none, in the order of the calls; see `Storage`. */
  readonly write: (records: readonly InstanceRecord[]) => Promise<void>
  readonly send: (envelopes: readonly Envelope[]) => void
  /** Applies to the state machine, synchronously. */
  readonly apply: (executable: Executable) => void
  /** All that the replica has handed out so far was applied, sent, and given to `write`. */
  readonly rest: () => void
  /** The replica has stopped voting for good. */
  readonly failed: (failure: Failure) => void
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
  /** Batches of records that have become durable. */
  batchesWritten = 0
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
      this.fail('assertion', cause)
    }
  }

  /** Ends this life of the replica. Resolves when no write is under way any more. */
  async stop(reason: string): Promise<void> {
    this.#stopped = true
    this.#replica.stop(reason)
    await this.#writes
  }

  /** Ends this life of the replica, whatever it is doing. */
  fail(kind: Failure['kind'], cause: unknown): void {
    if (this.#stopped) return
    this.#stopped = true
    const failure = failureOf(kind, cause)
    this.#replica.stop(failure.reason)
    this.#ports.failed(failure)
  }

  #run(): void {
    while (!this.#stopped) {
      const ready = this.#replica.ready()
      if (ready === undefined) {
        this.#ports.rest()
        return
      }
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
    const durable = ready.records.length === 0 ? undefined : this.#ports.write(ready.records)
    this.#writes = Promise.all([this.#writes, durable]).then(
      () => {
        this.#underWay--
        if (durable !== undefined) this.batchesWritten++
        this.attempt(() => this.#written(ready))
        this.schedule()
      },
      (cause: unknown) => this.fail('write', cause),
    )
  }

  #written(ready: Ready): void {
    this.#replica.written(ready)
    this.#ports.send(ready.messagesAfterWrite)
  }
}

export const failureOf = (kind: Failure['kind'], cause: unknown): Failure => ({
  kind,
  reason: `${kind === 'write' ? 'a write' : 'an assertion'} has failed: ${cause instanceof Error ? cause.message : String(cause)}`,
})

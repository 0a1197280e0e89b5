import type { ChannelSignal } from './channel-signal.js'
import type { Connection, ConnectionEvents, ConnectionFactory } from './connection.js'
import type { DirectFault } from './contract.js'

/**
 * Connections within one process, for tests: their signals have to be brought over, messages arrive in microtasks, and
 * one at a time is taken.
 */
export class MemoryConnections {
  /** All that were ever made. */
  readonly made: MemoryConnection[] = []
  /** No address of the one is reached from the other. */
  blocked = false
  /** What new ones lack: they say nothing. */
  lacks: DirectFault | undefined
  readonly #answered = new Map<string, MemoryConnection>()

  readonly connect: ConnectionFactory = (initiator, events) => {
    const connection = new MemoryConnection(this.#answered, events, () => this.blocked, this.lacks)
    if (initiator && this.lacks === undefined) connection.offer(String(this.made.length))
    this.made.push(connection)
    return connection
  }

  get alive(): readonly MemoryConnection[] {
    return this.made.filter(({ ended }) => !ended)
  }
}

export class MemoryConnection implements Connection {
  readonly #answered: Map<string, MemoryConnection>
  readonly #events: ConnectionEvents
  readonly #blocked: () => boolean
  readonly fault: DirectFault | undefined
  #other: MemoryConnection | undefined
  ended = false
  /** What is sent vanishes. */
  muted = false

  constructor(
    answered: Map<string, MemoryConnection>,
    events: ConnectionEvents,
    blocked: () => boolean,
    fault: DirectFault | undefined,
  ) {
    this.#answered = answered
    this.#events = events
    this.#blocked = blocked
    this.fault = fault
  }

  offer(sdp: string): void {
    this.#later((events) => events.onSignal({ type: 'offer', sdp }))
  }

  signal(description: ChannelSignal['description']): void {
    if (description.type === 'offer') {
      const { sdp } = description
      this.#answered.set(sdp, this)
      this.#later((events) => events.onSignal({ type: 'answer', sdp }))
    } else if (description.type === 'answer') {
      const other = this.#answered.get(description.sdp)
      if (other === undefined || other.ended || this.#blocked()) return
      this.#other = other
      other.#other = this
      for (const end of [this, other]) end.#later((events) => events.onOpen())
    }
  }

  write(message: Uint8Array): boolean {
    const other = this.#other
    if (!this.muted && other !== undefined) other.#later((events) => events.onMessage(message))
    this.#later((events) => events.onDrain())
    return false
  }

  async stats(): Promise<undefined> {}

  destroy(): void {
    this.ended = true
    this.#other?.fail()
  }

  /** As if the network had cut it off. */
  fail(): void {
    this.#later((events) => {
      this.destroy()
      events.onEnd()
    })
  }

  /** Ends here alone: the other end is not told. */
  vanish(): void {
    this.#other = undefined
    this.ended = true
    this.#events.onEnd()
  }

  #later(task: (events: ConnectionEvents) => void): void {
    queueMicrotask(() => {
      if (!this.ended) task(this.#events)
    })
  }
}

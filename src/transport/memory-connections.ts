import type { ChannelSignal } from './channel-signal.js'
import type { Connection, ConnectionEvents, ConnectionFactory } from './connection.js'

/**
 * Connections within one process, for tests: their signals have to be brought over, messages arrive in microtasks, and
 * one at a time is taken.
 */
export class MemoryConnections {
  /** All that were ever made. */
  readonly made: MemoryConnection[] = []
  readonly #answered = new Map<string, MemoryConnection>()

  readonly connect: ConnectionFactory = (initiator, events) => {
    const connection = new MemoryConnection(this.#answered, events)
    if (initiator) connection.offer(String(this.made.length))
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
  #other: MemoryConnection | undefined
  ended = false
  /** What is sent vanishes. */
  muted = false

  constructor(answered: Map<string, MemoryConnection>, events: ConnectionEvents) {
    this.#answered = answered
    this.#events = events
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
      if (other === undefined || other.ended) return
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

  #later(task: (events: ConnectionEvents) => void): void {
    queueMicrotask(() => {
      if (!this.ended) task(this.#events)
    })
  }
}
